using ArchUnitNET.Domain;
using ArchUnitNET.Domain.Dependencies;
using ArchUnitNET.Loader;
using BlokSec.Contracts;
using BlokSec.Functions.Csv;
using BlokSec.Functions.Identities;

namespace BlokSec.Functions.Tests.Architecture;

/// <summary>A slice is a folder, which is a namespace. Dependencies between slices point one way.</summary>
public sealed class ArchitectureTests
{
    private const string Root = "BlokSec.Functions.";

    private static readonly ArchUnitNET.Domain.Architecture App =
        new ArchLoader().LoadAssemblies(typeof(IdentityStore).Assembly, typeof(ProblemCodes).Assembly).Build();

    [Fact]
    public void Slices_are_free_of_cycles()
    {
        var left = Dependencies();
        while (left.RemoveAll(dependency => !left.Exists(other => other.From == dependency.To)) > 0)
        {
        }

        // What is left depends on itself, directly or by way of others.
        Assert.Empty(left.SelectMany(dependency => dependency.Types.Select(types => $"{dependency.From} -> {dependency.To}: {types}")));
    }

    [Fact]
    public void Only_the_hosting_knows_the_worker_all_others_only_the_attributes_that_make_a_method_a_function() =>
        Assert.Empty(App.Types
            .Where(type => Slice(type) is not (null or "Hosting"))
            .SelectMany(type => Targets(type)
                .Where(target => target.FullName.StartsWith("Microsoft.Azure.Functions.Worker.", StringComparison.Ordinal))
                .Where(target => !target.Name.EndsWith("Attribute", StringComparison.Ordinal) && target.Name is not ("AuthorizationLevel" or "TimerInfo"))
                .Select(target => $"{type.FullName} -> {target.FullName}")));

    [Theory]
    [InlineData("Http")]
    [InlineData("Telemetry")]
    public void A_leaf_knows_no_other_slice(string slice) =>
        Assert.DoesNotContain(Dependencies(), dependency => dependency.From == slice);

    [Theory]
    [InlineData("Identities")]
    [InlineData("Messaging")]
    [InlineData("Push")]
    [InlineData("Security")]
    public void What_slices_stand_on_knows_no_use_case(string slice) => Assert.Empty(Dependencies()
        .Where(dependency => dependency.From == slice)
        .Select(dependency => dependency.To)
        .Except(["Http", "Telemetry", "Identities", "Messaging", "Push", "Security"]));

    [Fact]
    public void Contracts_know_nothing_of_the_functions() =>
        Assert.DoesNotContain(TypesOf("BlokSec.Contracts").SelectMany(Targets), target => target.FullName.StartsWith(Root, StringComparison.Ordinal));

    [Theory]
    [InlineData("Identities", "Microsoft.AspNetCore.")]
    [InlineData("Owners", "Microsoft.AspNetCore.Http.")]
    [InlineData("Push", "Microsoft.AspNetCore.Http.")]
    [InlineData("Push", "Microsoft.Azure.Cosmos.TransactionalBatch")]
    [InlineData("Revocations", "Microsoft.Azure.Cosmos.Container")]
    [InlineData("Devices", "Microsoft.Azure.Cosmos.Container")]
    [InlineData("Operations", "Microsoft.Azure.Cosmos.Container")]
    public void A_slice_knows_only_what_is_its_own_affair(string slice, string affair) =>
        Assert.Empty(TypesOf(Root + slice).SelectMany(type => Targets(type)
            .Where(target => target.FullName.StartsWith(affair, StringComparison.Ordinal))
            .Select(target => $"{type.FullName} -> {target.FullName}")));

    [Fact]
    public void Only_the_store_of_identities_the_registry_of_keys_and_the_token_of_Apple_talk_to_the_database() =>
        Assert.Equal(
            ["Identities", "Owners", "Push"],
            App.Types
                .Where(type => Targets(type).Any(target => target.FullName == "Microsoft.Azure.Cosmos.Container"))
                .Select(Slice)
                .Distinct()
                .Order());

    [Fact]
    public void Only_an_export_streams_so_that_every_stream_may_take_longer_than_other_answers_and_is_cut_when_it_breaks() =>
        Assert.Equal(
            [nameof(StreamedExport)],
            App.Types.Where(type => type.Dependencies.OfType<MethodCallDependency>().Any(IsStream)).Select(type => type.Name).Distinct());

    [Fact]
    public void No_type_of_the_app_is_public() =>
        Assert.Empty(App.Types.Where(type => type is Class { Visibility: Visibility.Public, IsNested: false } && Slice(type) is not null).Select(type => type.FullName));

    private static List<(string From, string To, List<string> Types)> Dependencies() =>
    [
        .. App.Types
            .SelectMany(type => Targets(type).Select(target => (From: Slice(type), To: Slice(target), Types: $"{type.Name} knows {target.Name}")))
            .Where(dependency => dependency.From is not null && dependency.To is not null && dependency.From != dependency.To)
            .GroupBy(dependency => (dependency.From, dependency.To))
            .Select(group => (group.Key.From!, group.Key.To!, group.Select(dependency => dependency.Types).Distinct().ToList())),
    ];

    private static bool IsStream(MethodCallDependency call) =>
        call.Target.FullName is "Microsoft.AspNetCore.Http.TypedResults" or "Microsoft.AspNetCore.Http.Results"
        && call.TargetMember.Name.StartsWith("Stream(", StringComparison.Ordinal);

    private static IEnumerable<IType> TypesOf(string name) =>
        App.Types.Where(type => $"{type.Namespace?.FullName}.".StartsWith($"{name}.", StringComparison.Ordinal));

    private static IEnumerable<IType> Targets(IType type) => type.Dependencies.Select(dependency => dependency.Target);

    /// <summary>The folder of a type, whatever folders it has inside; null for the entry point and what is not ours.</summary>
    private static string? Slice(IType type) =>
        type.Namespace?.FullName is { } name && name.StartsWith(Root, StringComparison.Ordinal) ? name[Root.Length..].Split('.')[0] : null;
}
