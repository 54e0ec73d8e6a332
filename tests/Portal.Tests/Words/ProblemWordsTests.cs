using System.Reflection;
using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Words;

namespace BlokSec.Portal.Tests.Words;

public sealed class ProblemWordsTests
{
    [Fact]
    public void Every_problem_says_what_happened_and_what_to_do()
    {
        var codes = typeof(ProblemCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!);
        foreach (var code in codes.Append(""))
        {
            foreach (var kind in Enum.GetValues<ProblemKind>())
            {
                var words = ProblemWords.Of(new ApiProblem(kind, code, null));
                Assert.NotEmpty(words.Title);
                Assert.EndsWith(".", words.Advice, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void An_operation_under_way_is_no_riddle() => Assert.Equal(
        "Another operation for this user is in progress",
        ProblemWords.Of(new ApiProblem(ProblemKind.Conflict, ProblemCodes.OperationInProgress, null)).Title);
}
