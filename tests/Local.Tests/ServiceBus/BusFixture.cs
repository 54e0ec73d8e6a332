using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using BlokSec.Local.Faults;
using BlokSec.Local.ServiceBus;
using Microsoft.Extensions.Time.Testing;

namespace BlokSec.Local.Tests.ServiceBus;

/// <summary>A local Service Bus with one queue <c>work</c>, a clock that only tests move, and a client.</summary>
internal sealed class BusFixture : IAsyncDisposable
{
    public const string Queue = "work";
    public const string DeadLetters = "work/$DeadLetterQueue";

    private readonly HttpClient client = new();

    private BusFixture(ServiceBusStandIn bus, Traffic traffic, FakeTimeProvider time)
    {
        Bus = bus;
        Traffic = traffic;
        Time = time;
        client.BaseAddress = bus.Address;
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "token");
    }

    public static DateTimeOffset Start { get; } = new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public ServiceBusStandIn Bus { get; }

    public Traffic Traffic { get; }

    public FakeTimeProvider Time { get; }

    public HttpClient Client => client;

    public static async Task<BusFixture> StartAsync(
        string? databasePath = null, Func<string, Task<bool>>? isTokenAccepted = null, FakeTimeProvider? time = null)
    {
        time ??= new FakeTimeProvider(Start);
        var traffic = new Traffic();
        var bus = await ServiceBusStandIn.StartAsync(
            new ServiceBusOptions
            {
                Queues = [new QueueTopology(Queue, MaxDeliveryCount: 3, LockSeconds: 60, DuplicateDetectionMinutes: 10, TimeToLiveDays: 45)],
                DatabasePath = databasePath,
                IsTokenAccepted = isTokenAccepted,
                Time = time,
            },
            traffic);
        return new BusFixture(bus, traffic, time);
    }

    public Task<HttpResponseMessage> SendAsync(string body, object? brokerProperties = null, string queue = Queue) =>
        SendAsync(body, brokerProperties is null ? null : JsonSerializer.Serialize(brokerProperties), queue, _ => { });

    public async Task<HttpResponseMessage> SendAsync(string body, string? brokerProperties, string queue, Action<HttpRequestMessage> change)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{queue}/messages")
        {
            Content = new StringContent(body, new MediaTypeHeaderValue("application/json")),
        };
        if (brokerProperties is not null)
        {
            request.Headers.TryAddWithoutValidation("BrokerProperties", brokerProperties);
        }

        change(request);
        return await client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public async Task<Received?> ReceiveAsync(string queue = Queue, int timeout = 0, CancellationToken? cancellationToken = null)
    {
        using var response = await client.PostAsync(
            new Uri($"{queue}/messages/head?timeout={timeout}", UriKind.Relative), content: null, cancellationToken ?? TestContext.Current.CancellationToken);
        if (response.StatusCode == HttpStatusCode.NoContent)
        {
            return null;
        }

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        return await Received.ReadAsync(response);
    }

    public async Task<HttpStatusCode> SettleAsync(HttpMethod method, Uri location)
    {
        using var request = new HttpRequestMessage(method, location);
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await Bus.DisposeAsync();
    }
}

/// <summary>A message as a receiver gets it.</summary>
internal sealed record Received(string Body, JsonObject Properties, Uri? Location, HttpResponseHeaders Headers, string? ContentType)
{
    public int DeliveryCount => Properties[nameof(DeliveryCount)]!.GetValue<int>();

    public DateTimeOffset LockedUntil =>
        DateTimeOffset.ParseExact(Properties["LockedUntilUtc"]!.GetValue<string>(), "R", CultureInfo.InvariantCulture);

    public static async Task<Received> ReadAsync(HttpResponseMessage response) => new(
        await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
        JsonNode.Parse(response.Headers.GetValues("BrokerProperties").Single())!.AsObject(),
        response.Headers.Location,
        response.Headers,
        response.Content.Headers.ContentType?.ToString());
}
