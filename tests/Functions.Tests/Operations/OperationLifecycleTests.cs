using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Operations;
using static BlokSec.Contracts.OperationStatus;
using static BlokSec.Contracts.OperationStepName;

namespace BlokSec.Functions.Tests.Operations;

/// <summary>Every transition of an operation, without I/O. Steps are spelled by their first letter, states by N, R, S and F.</summary>
public sealed class OperationLifecycleTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly DateTimeOffset Now = Start.AddMinutes(1);

    [Theory]
    [InlineData("Q:N D:N", QueuePushes, "Q:S D:N", Running, false)]
    [InlineData("Q:N D:S", QueuePushes, "Q:S D:S", Succeeded, false)]
    [InlineData("Q:S D:R", DeleteDevices, "Q:S D:S", Succeeded, false)]
    [InlineData("Q:N D:F", QueuePushes, "Q:S D:F", Failed, false)]
    [InlineData("Q:S D:F", DeleteDevices, "Q:S D:S", Succeeded, false)]
    [InlineData("Q:S D:S R:R C:N", ResetDid, "Q:S D:S R:S C:S", Succeeded, true)]
    [InlineData("Q:N D:S R:S C:N", QueuePushes, "Q:S D:S R:S C:S", Succeeded, true)]
    [InlineData("Q:S D:N R:N C:N", ResetDid, "Q:S D:N R:S C:N", Running, false)]
    [InlineData("Q:S D:F R:N C:N", ResetDid, "Q:S D:F R:S C:N", Failed, false)]
    [InlineData("R:N", ResetDid, "R:S", Succeeded, false)]
    public void A_step_that_ends_moves_the_operation(
        string before, OperationStepName step, string after, OperationStatus status, bool gainsClaim)
    {
        var completed = Operation(before).Complete(step, Now)!;

        Assert.Equal((after, status), (Text(completed.Operation), completed.Operation.Status));
        Assert.Equal((gainsClaim, status == Succeeded), (completed.GainsClaim, completed.IsFinished));
        Assert.Equal(status == Succeeded ? Now : null, completed.Operation.FinishedAt);
        Assert.Equal((Now, Now, 0), (completed.Operation.UpdatedAt, completed.Operation.DispatchedAt, completed.Operation.Resumes));
        Assert.Equal(completed.Operation.Step(step)!.Total, completed.Operation.Step(step)!.Completed);
    }

    [Theory]
    [InlineData("Q:S D:N", QueuePushes)]
    [InlineData("Q:N D:N", ResetDid)]
    public void A_step_that_ended_before_or_does_not_exist_does_not_end_again(string before, OperationStepName step)
    {
        Assert.Null(Operation(before).Complete(step, Now));
        Assert.Null(Operation(before).Progress(step, 1, Now));
        Assert.False(Operation(before).IsOpen(step));
    }

    [Theory]
    [InlineData(0, 4, 4)]
    [InlineData(4, 5, 9)]
    [InlineData(9, 5, 10)]
    public void Progress_adds_up_to_the_total(int done, int more, int sum)
    {
        var operation = Operation("R:R C:N", completed: done);

        var moved = operation.Progress(ResetDid, more, Now)!;

        Assert.Equal((sum, Running, Now), (moved.Step(ResetDid)!.Completed, moved.Status, moved.UpdatedAt));
        Assert.Equal(Now, moved.DispatchedAt);
    }

    [Fact]
    public void The_time_of_dispatch_is_that_of_the_first_movement()
    {
        var once = Operation("Q:N D:N").Complete(QueuePushes, Now)!.Operation;

        Assert.Equal(Now, once.Complete(DeleteDevices, Now.AddMinutes(1))!.Operation.DispatchedAt);
    }

    [Theory]
    [InlineData("Q:N D:N", QueuePushes, "Q:F D:N")]
    [InlineData("Q:S D:R", DeleteDevices, "Q:S D:F")]
    [InlineData("Q:S D:S", DeleteDevices, null)]
    [InlineData("Q:S D:F", DeleteDevices, null)]
    [InlineData("Q:S D:S", ResetDid, null)]
    public void Only_a_step_that_has_not_ended_fails(string before, OperationStepName step, string? after)
    {
        var failed = Operation(before).Fail(step, "because", Now);

        Assert.Equal(after, failed is null ? null : Text(failed));
        if (failed is not null)
        {
            Assert.Equal((Failed, "because", null), (failed.Status, failed.Step(step)!.Detail, failed.FinishedAt));
            Assert.True(failed.HasEnded());
        }
    }

    [Theory]
    [InlineData("Q:S D:F R:R C:N", "Q:S D:N R:R C:N")]
    [InlineData("Q:F D:F", "Q:N D:N")]
    [InlineData("Q:S D:R", null)]
    [InlineData("Q:S D:S", null)]
    [InlineData("Q:N D:N", null)]
    public void Only_a_failed_operation_restarts_and_only_its_failed_steps(string before, string? after)
    {
        var restarted = (Operation(before) with { Resumes = 5 }).Restart(Now);

        Assert.Equal(after, restarted is null ? null : Text(restarted));
        if (restarted is not null)
        {
            Assert.Equal((Running, 0, Now), (restarted.Status, restarted.Resumes, restarted.UpdatedAt));
        }
    }

    [Theory]
    [InlineData("Q:N D:N", true)]
    [InlineData("Q:S D:N", true)]
    [InlineData("Q:S D:F", false)]
    [InlineData("Q:S D:S", false)]
    public void An_operation_is_resumed_until_it_ends_and_counts_how_often(string before, bool isResumed)
    {
        var resumed = (Operation(before) with { Resumes = 2 }).Resume(Now);

        Assert.Equal(isResumed, resumed is not null);
        if (resumed is not null)
        {
            Assert.Equal((3, Now), (resumed.Resumes, resumed.UpdatedAt));
        }

        Assert.Equal(!isResumed, Operation(before).HasEnded());
    }

    [Fact]
    public void I4_Whatever_order_the_steps_end_in_the_operation_ends_once_with_one_claim()
    {
        OperationStepName[] steps = [QueuePushes, DeleteDevices, ResetDid];
        foreach (var order in Permutations(steps))
        {
            var operation = Operation("Q:N D:N R:N C:N");
            var (finished, claims) = (0, 0);

            // Each message comes twice.
            foreach (var step in order.Concat(order))
            {
                if (operation.Complete(step, Now) is { } completed)
                {
                    operation = completed.Operation;
                    finished += completed.IsFinished ? 1 : 0;
                    claims += completed.GainsClaim ? 1 : 0;
                }
            }

            Assert.Equal((1, 1, Succeeded), (finished, claims, operation.Status));
        }
    }

    private static IEnumerable<OperationStepName[]> Permutations(OperationStepName[] steps) => steps.Length == 0
        ? [[]]
        : steps.SelectMany(first => Permutations([.. steps.Where(step => step != first)]).Select(rest => (OperationStepName[])[first, .. rest]));

    private static OperationDocument Operation(string steps, int completed = 0)
    {
        OperationStep[] parsed =
        [
            .. steps.Split(' ').Select(step => new OperationStep(
                Enum.GetValues<OperationStepName>().First(name => $"{name}"[0] == step[0]),
                Enum.GetValues<OperationStatus>().First(status => $"{status}"[0] == step[2]),
                completed,
                Total: 10,
                Start)),
        ];
        return new OperationDocument
        {
            Id = OperationDocument.IdOf("1"),
            TenantId = "tenant",
            UserId = "user",
            OperationId = "1",
            Kind = OperationKind.UnregisterAllDevices,
            Status = Array.Exists(parsed, step => step.Status == Failed) ? Failed
                : Array.TrueForAll(parsed, step => step.Status == Succeeded) ? Succeeded
                : Array.TrueForAll(parsed, step => step.Status == NotStarted) ? NotStarted
                : Running,
            RequestedBy = "Alice",
            RequestedAt = Start,
            UpdatedAt = Start,
            Fingerprint = "",
            Epoch = 1,
            DeviceIds = [],
            Steps = parsed,
        };
    }

    private static string Text(OperationDocument operation) =>
        string.Join(' ', operation.Steps.Select(step => $"{$"{step.Name}"[0]}:{$"{step.Status}"[0]}"));
}
