using BlokSec.Functions.Devices;
using BlokSec.Functions.Hosting;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Operations;
using BlokSec.Functions.Users;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace BlokSec.Functions.Tests.Hosting;

/// <summary>Whoever adds a function and forgets a step is told which, at build.</summary>
public sealed class FunctionChecksTests
{
    [Fact]
    public void A_function_that_nobody_may_call_is_named() => Assert.Contains(
        Faults(app => app.MapHttp<GetUser>(HttpMethods.Get, "users/{userId}")),
        fault => fault.StartsWith("GetUser: nobody may call it.", StringComparison.Ordinal));

    [Fact]
    public void A_queue_that_is_not_in_the_topology_is_named() => Assert.Contains(
        Faults(app => app.MapQueue<DeleteDevices, DeviceDeletionMessage>("device-deletion")),
        fault => fault.StartsWith("DeleteDevices: its queue 'device-deletion' is not in infra/topology.json", StringComparison.Ordinal));

    [Fact]
    public void A_function_that_is_not_registered_is_named() => Assert.Contains(
        Faults(app => app.MapHttp<GetUser>(HttpMethods.Get, "users/{userId}").AllowAnonymous()),
        fault => fault.StartsWith("GetUser: it is not registered", StringComparison.Ordinal));

    [Fact]
    public void What_a_function_needs_and_nobody_registered_is_named() => Assert.Contains(
        Faults(app => app.MapTimer<ResumeOperations>("0 * * * * *"), services => services.AddSingleton<ResumeOperations>()),
        fault => fault.StartsWith("ResumeOperations: it needs IdentityStore, which is not registered", StringComparison.Ordinal));

    [Fact]
    public void Functions_that_are_not_mapped_are_named_with_the_call_that_is_missing()
    {
        var faults = Faults(_ => { });

        Assert.Contains(faults, fault => fault.StartsWith("GetUser: it is not mapped; call app.MapHttp<GetUser>(...)", StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.StartsWith("DeleteDevices: it is not mapped; call app.MapQueue<DeleteDevices, ", StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.StartsWith("ResumeOperations: it is not mapped; call app.MapTimer<ResumeOperations>(...)", StringComparison.Ordinal));
    }

    [Fact]
    public void Two_functions_on_one_route_are_named() => Assert.Contains(
        Faults(app =>
        {
            app.MapHttp<GetUser>(HttpMethods.Get, "users").AllowAnonymous();
            app.MapHttp<ListUsers>(HttpMethods.Get, "users").AllowAnonymous();
        }),
        fault => fault == "GetUser, ListUsers: they share GET users.");

    private static IReadOnlyList<string> Faults(Action<IEndpointRouteBuilder> map, Action<IServiceCollection>? add = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        add?.Invoke(builder.Services);
        var app = builder.Build();
        map(app);
        return FunctionChecks.Faults(
            [.. ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints)],
            app.Services.GetRequiredService<IServiceProviderIsService>());
    }
}
