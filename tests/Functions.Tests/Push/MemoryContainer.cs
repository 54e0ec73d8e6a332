using System.Net;
using Microsoft.Azure.Cosmos;
using Moq;

namespace BlokSec.Functions.Tests.Push;

/// <summary>One document of the database with its ETag; fails on demand.</summary>
internal sealed class MemoryContainer
{
    private readonly Lock gate = new();
    private byte[]? document;
    private int version;

    public MemoryContainer()
    {
        var mock = new Mock<Container>(MockBehavior.Strict);
        mock.Setup(container => container.ReadItemStreamAsync(
                It.IsAny<string>(), It.IsAny<PartitionKey>(), It.IsAny<ItemRequestOptions>(), It.IsAny<CancellationToken>()))
            .Returns(() => AnswerAsync(() => { Reads++; return document is null ? HttpStatusCode.NotFound : HttpStatusCode.OK; }));
        mock.Setup(container => container.CreateItemStreamAsync(
                It.IsAny<Stream>(), It.IsAny<PartitionKey>(), It.IsAny<ItemRequestOptions>(), It.IsAny<CancellationToken>()))
            .Returns((Stream body, PartitionKey _, ItemRequestOptions _, CancellationToken _) =>
                AnswerAsync(() => document is null ? Write(body, HttpStatusCode.Created) : HttpStatusCode.Conflict));
        mock.Setup(container => container.ReplaceItemStreamAsync(
                It.IsAny<Stream>(), It.IsAny<string>(), It.IsAny<PartitionKey>(), It.IsAny<ItemRequestOptions>(), It.IsAny<CancellationToken>()))
            .Returns((Stream body, string _, PartitionKey _, ItemRequestOptions options, CancellationToken _) => AnswerAsync(() =>
                options.IfMatchEtag == $"{version}" ? Write(body, HttpStatusCode.OK) : HttpStatusCode.PreconditionFailed));
        Object = mock.Object;
    }

    public Container Object { get; }

    public bool Down { get; set; }

    public int Reads { get; private set; }

    public int Writes { get; private set; }

    /// <summary>All requests, also those that were refused.</summary>
    public int Requests { get; private set; }

    /// <summary>Runs before each write, to let another instance be faster.</summary>
    public Action? BeforeWrite { get; set; }

    public string Text => System.Text.Encoding.UTF8.GetString(document ?? []);

    /// <summary>The document's time to live is over.</summary>
    public void Expire()
    {
        lock (gate)
        {
            document = null;
        }
    }

    /// <summary>Somebody else writes the document.</summary>
    public void Rewrite(Func<string, string> change)
    {
        lock (gate)
        {
            document = System.Text.Encoding.UTF8.GetBytes(change(Text));
            version++;
        }
    }

    private Task<ResponseMessage> AnswerAsync(Func<HttpStatusCode> act)
    {
        lock (gate)
        {
            Requests++;
            var status = Down ? HttpStatusCode.ServiceUnavailable : act();
            var response = new ResponseMessage(status, new RequestMessage(), Down ? "down" : null);
            response.Headers["etag"] = $"{version}";
            if (status == HttpStatusCode.OK)
            {
                response.Content = new MemoryStream(document!);
            }

            return Task.FromResult(response);
        }
    }

    private HttpStatusCode Write(Stream body, HttpStatusCode status)
    {
        var before = version;
        BeforeWrite?.Invoke();
        if (version != before)
        {
            return status == HttpStatusCode.Created ? HttpStatusCode.Conflict : HttpStatusCode.PreconditionFailed;
        }

        using var copy = new MemoryStream();
        body.CopyTo(copy);
        document = copy.ToArray();
        version++;
        Writes++;
        return status;
    }
}
