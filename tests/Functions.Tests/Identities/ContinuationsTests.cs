using System.Net;
using BlokSec.Functions.Identities;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Tests.Identities;

public sealed class ContinuationsTests
{
    [Theory]
    [InlineData(HttpStatusCode.BadRequest, "Response status code does not indicate success: BadRequest (400); Reason: (Invalid Continuation Token)", true)]
    [InlineData(HttpStatusCode.BadRequest, "Malformed continuation token: x", true)]
    [InlineData(HttpStatusCode.BadRequest, "Syntax error, incorrect syntax near 'ORDER'.", false)]
    [InlineData(HttpStatusCode.ServiceUnavailable, "The continuation cannot be served now.", false)]
    public void Only_a_refusal_that_names_the_continuation_is_the_callers_fault(HttpStatusCode status, string message, bool isRefused) =>
        Assert.Equal(isRefused, Continuations.IsRefused(new CosmosException(message, status, 0, "", 0)));
}
