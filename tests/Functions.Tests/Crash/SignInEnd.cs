using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.Infrastructure;

namespace BlokSec.Functions.Tests.Crash;

/// <summary>How the database tells the end of sign-in requests, and what their pushes were.</summary>
internal sealed class SignInEnd
{
    /// <summary>What the application was told last of the push; null while it has no answer.</summary>
    public SignInPush? Told { get; set; }

    /// <summary>Whether the push came that the application was told of.</summary>
    public async Task<bool> IsDoneAsync(TestCloud test, TestUser user)
    {
        var pending = (await RequestsAsync(test, user)).Where(request => request.Status == AuthenticationRequestStatus.Pending);
        return Told != SignInPush.Queued || pending.All(request => request.PushAcceptedAt is not null);
    }

    /// <summary>
    /// An application that got no answer asks again, and the newer request takes the place of the older: how many were replaced is left out, that
    /// nothing of them is left half done is not.
    /// </summary>
    public static async Task<IEnumerable<string>> DescribeAsync(TestCloud test, TestUser user)
    {
        var requests = await RequestsAsync(test, user);
        var guard = Assert.Single(await test.AllAsync<SignInGuardDocument>(user, SignInGuardDocument.DocumentType));
        var replaced = requests.Where(request => request.Status == AuthenticationRequestStatus.Superseded).ToArray();
        var left = requests.Except(replaced).ToArray();
        Assert.All(replaced, request => Assert.NotNull(request.RespondedAt));
        Assert.All(requests, request => Assert.InRange(test.Pushes(request).Count(), 0, 2));
        Assert.All(requests, request => Assert.InRange(
            test.Pushes(request).Select(push => push.Headers.GetValueOrDefault("apns-id")).Distinct().Count(), 0, 1));
        var counted = guard.Unanswered.Select(request => request.RequestId).Order();
        var isCounted = left.All(request => request.Status == AuthenticationRequestStatus.Accepted)
            ? guard.Unanswered.Count == 0
            : counted.SequenceEqual(requests.Select(request => request.RequestId).Order());
        return
        [
            .. left.Select(request => $"sign-in {request.Status} {request.Reason} by {user.DeviceIds.ToList().IndexOf(request.AnsweredBy ?? "")}"
                + $" responded {request.RespondedAt is not null} assertion {request.Assertion is not null} wrong numbers {request.WrongNumbers.Count}"),
            $"sign-in guard counted {isCounted} wrong numbers {guard.WrongNumbers} held {guard.HeldUntil is not null}",
        ];
    }

    private static Task<IReadOnlyList<AuthenticationRequestDocument>> RequestsAsync(TestCloud test, TestUser user) =>
        test.AllAsync<AuthenticationRequestDocument>(user, AuthenticationRequestDocument.DocumentType);
}
