using Azure.Core;
using BlokSec.Local.SignIn;

namespace BlokSec.Functions.Tests.Infrastructure;

/// <summary>
/// The managed identity of an app that runs inside the test process, where its environment variables cannot differ from system to
/// system. The published app, which the crash tests run, asks the identity endpoint itself.
/// </summary>
internal sealed class LocalCredential(SignInStandIn signIn) : TokenCredential
{
    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
    {
        var resource = requestContext.Scopes[0].Replace("/.default", "", StringComparison.Ordinal);
        return new AccessToken(signIn.IssueServiceToken(resource), DateTimeOffset.MaxValue);
    }

    public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        ValueTask.FromResult(GetToken(requestContext, cancellationToken));
}
