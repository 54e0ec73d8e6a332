using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;

namespace BlokSec.Functions.Tests.Devices;

/// <summary>Many reports of one user at the same moment.</summary>
public sealed class LossReportLimitTests
{
    private const int Limit = 5;

    [Theory]
    [InlineData(100_000)]
    [InlineData(Limit)]
    public async Task Of_many_reports_at_the_same_moment_those_within_the_limit_remove_their_phone_and_the_others_nothing(int limit)
    {
        await using var test = await TestCloud.StartAsync(new TestCloudOptions
        {
            Settings = new Dictionary<string, string> { ["RateLimits__UserEnrollmentsPerMinute"] = $"{limit}" },
        });
        var user = await test.NewUserAsync(phones: UserDocument.MaxDevices);
        await Task.WhenAll(user.Phones.Select(phone => phone.SetLosePushesAsync(true, TestContext.Current.CancellationToken)));
        var lost = user.DeviceIds.Skip(1).ToArray();

        var answers = await Task.WhenAll(lost.Select(deviceId => test.ReportLostAsync(user.Signer(0), user.DidKey(), deviceId)));

        var reported = lost.Where((_, index) => answers[index].Status == 204).ToArray();
        Assert.All(answers.Where(answer => answer.Status != 204), answer => Assert.Equal(429, answer.Status));

        // On a slow machine there is room for one more after a while.
        Assert.InRange(reported.Length, limit == Limit ? Limit : lost.Length, limit == Limit ? lost.Length - 1 : lost.Length);
        var revoked = (await test.AllAsync<RevocationDocument>(user, RevocationDocument.DocumentType)).Select(revocation => revocation.DeviceId);
        Assert.Equal(reported.Order(), revoked.Order());
        Assert.Equal(reported.Length, (await test.AuditAsync(user)).Where(entry => entry.Action == AuditActions.DeviceReportedLost).Sum(entry => entry.Count));
        await test.UntilAsync(
            async () => (await test.AllAsync<OperationDocument>(user, OperationDocument.DocumentType))
                .All(operation => operation.Status == OperationStatus.Succeeded) ? user : null,
            "the removals ended");
        Assert.Equal(UserDocument.MaxDevices - reported.Length, (await test.UserDocumentAsync(user)).DeviceCount);
        Assert.Equal(200, (await test.StatusAsync(user.Signer(0))).Status);
    }
}
