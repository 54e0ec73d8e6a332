using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using BlokSec.Functions.Push;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Moq;

namespace BlokSec.Benchmarks.Push;

/// <summary>The function app's push senders in front of a <see cref="PushServerProcess"/>.</summary>
internal static class PushApp
{
    public static ServiceProvider Start(PushServerProcess server, int inFlight)
    {
        using var apns = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var fcm = RSA.Create(2048);
        var settings = new Dictionary<string, string?>
        {
            ["Push:InFlight"] = $"{inFlight}",
            ["Push:Apns:KeyId"] = "KEY",
            ["Push:Apns:TeamId"] = "TEAM",
            ["Push:Apns:PrivateKey"] = apns.ExportPkcs8PrivateKeyPem(),
            ["Push:Apns:Topic"] = "io.bloksec.app",
            ["Push:Apns:ProductionEndpoint"] = server.Address.AbsoluteUri,
            ["Push:Fcm:Endpoint"] = server.Address.AbsoluteUri,
            ["Push:Fcm:ServiceAccount"] = JsonSerializer.Serialize(new
            {
                project_id = "benchmark",
                private_key = fcm.ExportPkcs8PrivateKeyPem(),
                client_email = "sender@benchmark.iam.gserviceaccount.com",
                token_uri = server.TokenAddress.AbsoluteUri,
            }),
        };
        return new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .AddLogging()
            .AddSingleton(EmptyContainer())
            .AddPush()
            .BuildServiceProvider();
    }

    private static Container EmptyContainer()
    {
        var container = new Mock<Container>();
        container.Setup(of => of.ReadItemStreamAsync(
                It.IsAny<string>(), It.IsAny<PartitionKey>(), It.IsAny<ItemRequestOptions>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync(() => new ResponseMessage(HttpStatusCode.NotFound));
        container.Setup(of => of.CreateItemStreamAsync(
                It.IsAny<Stream>(), It.IsAny<PartitionKey>(), It.IsAny<ItemRequestOptions>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync(() => new ResponseMessage(HttpStatusCode.Created));
        return container.Object;
    }
}
