using BlokSec.Contracts;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local;
using BlokSec.Local.Demo;
using BlokSec.Local.Seed;

namespace BlokSec.Benchmarks.Contention;

/// <summary>
/// An administrator decides about users whose 30 phones all write at their full rate, each through two instances of the app. Everything is
/// in one process, database included, so the times are those of a busy laptop; how many decisions took one try is exact.
/// </summary>
internal static class ContentionBenchmark
{
    private const int Phones = 30;
    private const int Rounds = 5;
    private const int Removals = 8;
    private const int Choices = 4;
    private const int Renewals = 4;

    public static async Task RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("bloksec-contention-").FullName;
        try
        {
            await RunAsync(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task RunAsync(string folder)
    {
        await using var cloud = await LocalCloud.StartAsync(new LocalCloudOptions
        {
            Folder = folder,
            TimersEnabled = false,

            // What all phones of one user write together is not limited here: the decisions must win without that.
            Settings = new Dictionary<string, string>
            {
                ["RateLimits__AdministratorPerMinute"] = "100000",
                ["RateLimits__UserWritesPerMinute"] = "100000",
                ["RateLimits__AddressPerMinute"] = "100000",
                ["RateLimits__StrangersPerMinute"] = "100000",
            },
        });
        var host = await cloud.StartHostAsync(attach: true);
        await using var first = await AppInstance.StartAsync(cloud, host, TimeProvider.System);
        await using var otherHost = await cloud.StartAnotherHostAsync();
        await using var second = await AppInstance.StartAsync(cloud, otherHost, TimeProvider.System);
        await host.WaitUntilReadyAsync(CancellationToken.None);
        await otherHost.WaitUntilReadyAsync(CancellationToken.None);
        using var admin = new AdminClient(cloud.ApiAddress, cloud.SignIn.Address, "alice@contoso.example");
        using var tries = new Tries();
        var samples = new Samples();
        for (var round = -1; round < Rounds; round++)
        {
            // The first round warms up.
            await RoundAsync(cloud, [host.Address, otherHost.Address], admin, round < 0 ? new Samples() : samples);
            if (round < 0)
            {
                tries.Clear();
            }
        }

        samples.Print(tries);
    }

    private static async Task RoundAsync(LocalCloud cloud, Uri[] instances, AdminClient admin, Samples samples)
    {
        var person = new DemoPerson(DemoPeople.Contoso, $"user-{Guid.NewGuid():N}"[..20], "Test", "Person", Phones, 1);
        var phones = await new DemoData(cloud.Container, cloud.Owners, cloud.Phones, TimeProvider.System).WriteAsync(person, CancellationToken.None);
        await Task.WhenAll(phones.Select(phone => phone.Phone.SetLosePushesAsync(true, CancellationToken.None)));
        await using (var storm = PhoneStorm.Start(cloud, instances, phones))
        {
            await storm.WarmAsync();
            for (var choice = 0; choice < Choices; choice++)
            {
                var device = new SetActiveDeviceRequest { DeviceId = phones[Phones - 1 - choice].DeviceId };
                await samples.MeasureAsync("SetActiveDevice", () => SendAsync(admin, HttpMethod.Put, $"users/{person.UserId}/active-device", device));
            }

            for (var phone = 0; phone < Removals; phone++)
            {
                var removal = new RemoveDeviceRequest { Confirmation = ConfirmationPhrases.RemoveDevice };
                await samples.MeasureAsync(
                    "RemoveDevice",
                    () => SendAsync(admin, HttpMethod.Post, $"users/{person.UserId}/devices/{phones[phone].DeviceId}/removal", removal));
            }

            var all = new UnregisterAllDevicesRequest { Confirmation = ConfirmationPhrases.UnregisterAllDevices };
            await samples.MeasureAsync(
                "UnregisterAllDevices", () => SendAsync(admin, HttpMethod.Post, $"users/{person.UserId}/unregistration", all));
            while ((await admin.UserAsync(person.UserId, CancellationToken.None)).Claim is null)
            {
                await Task.Delay(50);
            }

            for (var renewal = 0; renewal < Renewals; renewal++)
            {
                await samples.MeasureAsync(
                    "RenewClaim", () => SendAsync(admin, HttpMethod.Post, $"users/{person.UserId}/claim/renewal", body: null));
            }
        }
    }

    private static async Task SendAsync(AdminClient admin, HttpMethod method, string path, object? body)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        request.Content = body is null ? null : System.Net.Http.Json.JsonContent.Create(body, body.GetType(), options: AdminClient.Json);
        if (method == HttpMethod.Put)
        {
            request.Headers.TryAddWithoutValidation("If-Match", "*");
        }

        using var response = await admin.Http.SendAsync(request);
        if (!response.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"{method} {path}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        }
    }
}
