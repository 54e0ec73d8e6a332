using System.Text.RegularExpressions;
using BlokSec.Functions.Messaging;

namespace BlokSec.Infra.Tests;

/// <summary>The one identity may do what its clients do, where they do it, and nothing else.</summary>
public sealed partial class RoleTests
{
    private const string Owner = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b";
    private const string Sender = "69a216fc-b8fb-44d8-bc22-1f3c2cd27a39";
    private const string Receiver = "4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0";
    private const string QueueOwner = "090c5cfd-751d-490a-894a-3ce6f1109419";
    private const string SecretsUser = "4633458b-17de-408a-b874-0445c86b69e6";
    private const string Publisher = "3913510d-42f4-4e42-8a64-420c390055eb";

    /// <summary>What each call of the Cosmos client takes. A call that is not here is one that nobody decided on.</summary>
    private static readonly Dictionary<string, string> DataActions = new()
    {
        ["ReadItemStreamAsync"] = "containers/items/read",
        ["CreateItemStreamAsync"] = "containers/items/create",
        ["ReplaceItemStreamAsync"] = "containers/items/replace",
        ["PatchItemStreamAsync"] = "containers/items/patch",
        ["CreateTransactionalBatch"] = "containers/items/upsert",
        ["GetItemQueryIterator"] = "containers/executeQuery",
    };

    [Fact]
    public void The_host_receives_from_each_queue_that_has_a_trigger_and_the_app_sends_to_each_queue()
    {
        var triggers = Repository.Sources().SelectMany(source => Triggers().Matches(source)).Select(match => QueueOf(match.Groups[1].Value));

        Assert.Equal(QueueNames(), triggers.Order(StringComparer.Ordinal));
        Assert.Equal(QueueNames(), AssignedOn(Deployment.Small, "queues", Receiver));
        Assert.Equal(QueueNames(), AssignedOn(Deployment.Small, "queues", Sender));
    }

    [Fact]
    public void Nobody_owns_a_queue_unless_the_scale_controller_shall_count_messages()
    {
        Assert.Empty(AssignedOn(Deployment.Small, "queues", QueueOwner));
        Assert.Equal(QueueNames(), AssignedOn(Deployment.Large, "queues", QueueOwner));
    }

    [Fact]
    public void The_host_owns_the_blobs_of_its_own_storage_the_app_reads_secrets_and_publishes_telemetry()
    {
        Assert.Single(AssignedOn(Deployment.Small, "storageAccounts", Owner));
        Assert.Single(AssignedOn(Deployment.Small, "vaults", SecretsUser));
        Assert.Single(AssignedOn(Deployment.Small, "components", Publisher));
    }

    [Fact]
    public void The_identity_has_no_role_but_these_and_none_on_a_group_or_subscription()
    {
        var assignments = Deployment.Small.OfType("Microsoft.Authorization/roleAssignments").ToArray();

        Assert.Equal(3 + (2 * QueueNames().Length), assignments.Length);
        Assert.All(assignments, assignment =>
        {
            Assert.Equal("ServicePrincipal", assignment.Get<string>("properties.principalType"));
            Assert.Contains("'identity-{0}'", assignment.Get<string>("properties.principalId"), StringComparison.Ordinal);
            Assert.Matches("/resourceGroups/[^/]+/providers/.+/providers/Microsoft.Authorization/", assignment.Id);
        });
    }

    [Fact]
    public void The_app_sends_to_the_topic_that_the_audit_is_streamed_to_and_to_no_other()
    {
        Assert.Equal(["audit"], AssignedOn(Deployment.Large, "topics", "d5a91429-5739-47e2-a06b-3470a27159e7"));
        Assert.Empty(AssignedOn(Deployment.Small, "topics", "d5a91429-5739-47e2-a06b-3470a27159e7"));
    }

    [Fact]
    public void Only_a_named_person_may_set_secrets()
    {
        var officer = Deployment.Large.OfType("Microsoft.Authorization/roleAssignments")
            .Single(assignment => assignment.Get<string>("properties.principalId") == "44444444-4444-4444-4444-444444444444");

        Assert.EndsWith("/b86a8fe4-44ce-4948-aee5-eccb2c155cd7", officer.Get<string>("properties.roleDefinitionId"), StringComparison.Ordinal);
        Assert.Contains("/vaults/", officer.Id, StringComparison.Ordinal);
    }

    [Fact]
    public void The_database_role_allows_each_call_that_the_app_makes_and_no_management()
    {
        var calls = Repository.Sources().SelectMany(source => ContainerCalls().Matches(source)).Select(match => match.Groups[1].Value).Distinct();
        var needed = calls.Select(call => $"Microsoft.DocumentDB/databaseAccounts/sqlDatabases/{DataActions[call]}");
        var allowed = Allowed("identities");

        Assert.All(needed, action => Assert.Contains(allowed, pattern => Matches(pattern, action)));
        Assert.Equal(
            [
                "Microsoft.DocumentDB/databaseAccounts/readMetadata",
                "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/executeQuery",
                "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/*",
            ],
            allowed);
    }

    [Fact]
    public void I7_Owners_of_keys_are_created_and_read_and_nobody_who_acts_as_the_app_changes_or_deletes_one() => Assert.Equal(
        [
            "Microsoft.DocumentDB/databaseAccounts/readMetadata",
            "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/create",
            "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/read",
        ],
        Allowed("owners"));

    [Fact]
    public void The_database_roles_are_assigned_on_one_container_each() => Assert.Equal(
        ["identities", "owners"],
        Deployment.Small.OfType("Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments")
            .Select(assignment => assignment.Get<string>("properties.scope").Split("/dbs/bloksec/colls/")[1])
            .Order(StringComparer.Ordinal));

    /// <summary>What the role that is assigned on a container allows.</summary>
    private static IEnumerable<string> Allowed(string container)
    {
        var assignment = Deployment.Small.OfType("Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments")
            .Single(assignment => assignment.Get<string>("properties.scope").EndsWith($"/colls/{container}", StringComparison.Ordinal));
        var role = Deployment.Small.OfType("Microsoft.DocumentDB/databaseAccounts/sqlRoleDefinitions")
            .Single(role => role.Id == assignment.Get<string>("properties.roleDefinitionId"));
        return Assert.Single(role.Json.At("properties.permissions")!.AsArray())!["dataActions"].Strings();
    }

    private static string[] QueueNames() => [.. typeof(Queues).GetFields().Select(field => (string)field.GetRawConstantValue()!).Order(StringComparer.Ordinal)];

    private static string QueueOf(string constant) => (string)typeof(Queues).GetField(constant)!.GetRawConstantValue()!;

    private static IEnumerable<string> AssignedOn(Deployment deployment, string kind, string role) => deployment
        .OfType("Microsoft.Authorization/roleAssignments")
        .Where(assignment => assignment.Get<string>("properties.roleDefinitionId").EndsWith($"/{role}", StringComparison.Ordinal))
        .Select(assignment => Regex.Match(assignment.Id, $"/{kind}/([^/]+)/providers/Microsoft.Authorization/"))
        .Where(match => match.Success)
        .Select(match => match.Groups[1].Value)
        .Order(StringComparer.Ordinal);

    private static bool Matches(string pattern, string action) =>
        pattern.EndsWith('*') ? action.StartsWith(pattern[..^1], StringComparison.Ordinal) : action == pattern;

    [GeneratedRegex(@"\[ServiceBusTrigger\(Queues\.(\w+),")]
    private static partial Regex Triggers();

    [GeneratedRegex(@"\bcontainer\s*\.(\w+)(?:<[^>]+>)?\(")]
    private static partial Regex ContainerCalls();
}
