using BlokSec.Functions.Http;
using Microsoft.AspNetCore.Http;

namespace BlokSec.Functions.Tests.AuthenticationRequests;

public sealed class PreferredWaitTests
{
    [Theory]
    [InlineData(30, "wait=30")]
    [InlineData(7, "WAIT = 7")]
    [InlineData(7, "respond-async, wait=\"7\"; foo=bar")]
    [InlineData(7, "foo;wait=9", "wait=7")]
    [InlineData(7, "foo=\"bar\\\", wait=9\", wait=007")]
    [InlineData(30, "wait=31")]
    [InlineData(30, "wait=99999999999999999999")]
    [InlineData(5, "wait=5, wait=9")]
    [InlineData(0, "wait=soon, wait=9")]
    [InlineData(0, "wait=-1")]
    [InlineData(0, "wait=1.5")]
    [InlineData(0, "wait=+3")]
    [InlineData(0, "wait=1 2")]
    [InlineData(0, "wait=٣")]
    [InlineData(0, "wait")]
    [InlineData(0, "wait=")]
    [InlineData(0, "wait=\"7")]
    [InlineData(0, "wait=0")]
    [InlineData(0, "await=9")]
    [InlineData(0, "\"wait=9")]
    [InlineData(0, "")]
    [InlineData(0)]
    public void Whole_seconds_up_to_thirty_are_understood_and_anything_else_is_no_preference(int seconds, params string[] headers)
    {
        var context = new DefaultHttpContext();
        context.Request.Headers[PreferredWait.Header] = headers;

        Assert.Equal(seconds, PreferredWait.Of(context).Seconds);
    }
}
