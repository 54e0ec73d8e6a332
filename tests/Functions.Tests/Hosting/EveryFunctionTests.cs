using System.Reflection;
using BlokSec.Functions.Hosting;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Tests.Wire;
using BlokSec.Local;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace BlokSec.Functions.Tests.Hosting;

/// <summary>Whoever adds a function and forgets a step is told which.</summary>
[Collection(WireCloud.Name)]
public sealed class EveryFunctionTests(Infrastructure.OpenCloud cloud)
{
    private static readonly string?[] Policies = MappedFunction.Policies;

    public static TheoryData<string> Names => [.. FunctionMethods.All().Select(FunctionMethods.NameOf)];

    [Theory]
    [MemberData(nameof(Names))]
    public void It_is_named_as_its_class_and_started_by_one_trigger(string name)
    {
        var function = Of(name);

        Assert.Equal(function.DeclaringType!.Name, name);
        Assert.Single(new Attribute?[]
        {
            FunctionMethods.TriggerOf<HttpTriggerAttribute>(function),
            FunctionMethods.TriggerOf<ServiceBusTriggerAttribute>(function),
            FunctionMethods.TriggerOf<TimerTriggerAttribute>(function),
        }.OfType<Attribute>());
        Assert.Single(FunctionMethods.All(), other => FunctionMethods.NameOf(other) == name);
    }

    /// <summary>One without a policy refuses everyone, which is safe and surely not meant.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void An_HTTP_function_says_who_may_call(string name)
    {
        var function = Of(name);
        if (FunctionMethods.TriggerOf<HttpTriggerAttribute>(function) is null)
        {
            Assert.Empty(function.GetCustomAttributes<AuthorizeAttribute>());
            return;
        }

        var policies = function.GetCustomAttributes<AuthorizeAttribute>().Select(attribute => attribute.Policy).ToList();
        Assert.True(
            policies.Count == 1 && Policies.Contains(policies[0]) != function.IsDefined(typeof(AllowAnonymousAttribute))
                || (policies.Count == 0 && function.IsDefined(typeof(AllowAnonymousAttribute))),
            $"{name} says with [Authorize(policy)] or [AllowAnonymous] who may call it: one of both.");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_queue_function_receives_from_a_queue_of_the_topology_and_can_give_up(string name)
    {
        var function = Of(name);
        if (FunctionMethods.TriggerOf<ServiceBusTriggerAttribute>(function) is not { } trigger)
        {
            return;
        }

        Assert.Contains(trigger.QueueName, Topology.Read().ServiceBus.Queues.Select(queue => queue.Name));
        Assert.Equal("ServiceBus", trigger.Connection);
        Assert.Contains(
            function.DeclaringType!.GetInterfaces(),
            known => known.IsGenericType && known.GetGenericTypeDefinition() == typeof(IQueueFunction<>)
                && known.GetGenericArguments()[0] == function.GetParameters()[0].ParameterType);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_it_needs_is_registered(string name)
    {
        var function = Of(name);
        if (!function.IsStatic)
        {
            Assert.NotNull(ActivatorUtilities.CreateInstance(cloud.Test.Services, function.DeclaringType!));
        }
    }

    /// <summary>The endpoint of a function that says nothing: nobody is let in, whatever the token.</summary>
    [Fact]
    public async Task A_function_without_a_policy_refuses_everyone()
    {
        var authorization = cloud.Test.Services.GetRequiredService<IAuthorizationPolicyProvider>();
        var fallback = await authorization.GetFallbackPolicyAsync();
        var token = cloud.Test.Services.GetRequiredService<IAuthorizationService>();
        var everybody = new System.Security.Claims.ClaimsPrincipal(new System.Security.Claims.ClaimsIdentity([], "any"));

        Assert.NotNull(fallback);
        Assert.False((await token.AuthorizeAsync(everybody, new DefaultHttpContext(), fallback)).Succeeded);
    }

    private static MethodInfo Of(string name) => FunctionMethods.All().Single(method => FunctionMethods.NameOf(method) == name);
}
