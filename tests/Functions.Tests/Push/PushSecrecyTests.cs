using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using BlokSec.Functions.Push.Apns;
using BlokSec.Functions.Push.Fcm;
using BlokSec.Local.Faults;

namespace BlokSec.Functions.Tests.Push;

/// <summary>I10: push handles and provider tokens stay put.</summary>
public sealed class PushSecrecyTests : IAsyncLifetime
{
    private PushCloud cloud = null!;

    public async ValueTask InitializeAsync() => cloud = await PushCloud.StartAsync();

    public ValueTask DisposeAsync() => cloud.DisposeAsync();

    [Fact]
    public async Task I10_No_log_trace_or_result_holds_a_handle_or_a_token()
    {
        var traces = new ConcurrentQueue<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "BlokSec.Functions" or "System.Net.Http" or "Experimental.System.Net.Http.Connections",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            // Of other tests too, at any moment.
            ActivityStopped = activity =>
                traces.Enqueue($"{activity.DisplayName} {string.Join(' ', activity.TagObjects.Select(tag => $"{tag.Key}={tag.Value}"))}"),
        };
        ActivitySource.AddActivityListener(listener);
        FaultRule?[] faults =
        [
            null,
            new FaultRule { Operation = "send", Drop = true },
            new FaultRule { Operation = "send", Status = 400, Reason = "BadDeviceToken" },
            new FaultRule { Operation = "send", Status = 400, Reason = "DeviceTokenNotForTopic" },
            new FaultRule { Operation = "send", Status = 403, Reason = "SENDER_ID_MISMATCH" },
            new FaultRule { Operation = "send", Status = 400, Body = Mirror() },
            new FaultRule { Operation = "send", Status = 503 },
        ];
        var texts = new List<string>();

        foreach (var fault in faults)
        {
            using var rule = fault is null ? null : cloud.Traffic.Add(fault);
            foreach (var push in new[] { cloud.ToApple(), cloud.ToAndroid() })
            {
                texts.Add(push.ToString());
                texts.Add(push.Handle.ToString());
                texts.Add((await cloud.SendAsync(push)).ToString());
            }
        }

        var everything = string.Join('\n', texts.Concat(traces).Concat(cloud.Logs.Lines));
        Assert.Contains("push apns", everything, StringComparison.Ordinal);
        Assert.DoesNotContain(PushCloud.ApnsToken, everything, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(PushCloud.FcmToken, everything, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("secret_registration_token", everything, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("eyJ", everything, StringComparison.Ordinal);
        Assert.DoesNotContain("ya29.", everything, StringComparison.Ordinal);
    }

    [Fact]
    public void I10_What_holds_a_token_does_not_print_it()
    {
        Assert.DoesNotContain("eyJ", ProviderToken.Of(new SharedToken("eyJ", default)).ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("eyJ", new SharedToken("eyJ", default).ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("ya29", new AccessToken("ya29", "project", null).ToString(), StringComparison.Ordinal);
    }

    /// <summary>A provider that sends the handle back where its reason belongs.</summary>
    private static string Mirror() => JsonSerializer.Serialize(new
    {
        reason = "No device " + PushCloud.ApnsToken,
        error = new { status = PushCloud.FcmToken, message = PushCloud.FcmToken },
    });
}
