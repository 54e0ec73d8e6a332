using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;

namespace BlokSec.Functions.Signals;

/// <summary>One way in which callers authenticate.</summary>
/// <param name="SpecUrn">The specification of it.</param>
internal sealed record AuthorizationScheme([property: JsonPropertyName("spec_urn")] string SpecUrn);

/// <summary>What a receiver has to know of the transmitter (Shared Signals Framework 1.0, section 7.1).</summary>
/// <param name="SpecVersion">The version of the specification.</param>
/// <param name="Issuer">The <c>iss</c> of the events.</param>
/// <param name="JwksUri">Where the public keys are.</param>
/// <param name="DeliveryMethodsSupported">Push and poll.</param>
/// <param name="ConfigurationEndpoint">Where streams are made, read, changed and deleted.</param>
/// <param name="StatusEndpoint">Where the status of a stream is read and set.</param>
/// <param name="AddSubjectEndpoint">Where a subject is put into a stream again.</param>
/// <param name="RemoveSubjectEndpoint">Where a subject is taken out of a stream.</param>
/// <param name="VerificationEndpoint">Where a verification event is asked for.</param>
/// <param name="AuthorizationSchemes">How receivers authenticate: OAuth 2.0.</param>
/// <param name="DefaultSubjects">All subjects are in a new stream.</param>
internal sealed record TransmitterConfiguration(
    [property: JsonPropertyName("spec_version")] string SpecVersion,
    [property: JsonPropertyName("issuer")] string Issuer,
    [property: JsonPropertyName("jwks_uri")] string JwksUri,
    [property: JsonPropertyName("delivery_methods_supported")] IReadOnlyList<string> DeliveryMethodsSupported,
    [property: JsonPropertyName("configuration_endpoint")] string ConfigurationEndpoint,
    [property: JsonPropertyName("status_endpoint")] string StatusEndpoint,
    [property: JsonPropertyName("add_subject_endpoint")] string AddSubjectEndpoint,
    [property: JsonPropertyName("remove_subject_endpoint")] string RemoveSubjectEndpoint,
    [property: JsonPropertyName("verification_endpoint")] string VerificationEndpoint,
    [property: JsonPropertyName("authorization_schemes")] IReadOnlyList<AuthorizationScheme> AuthorizationSchemes,
    [property: JsonPropertyName("default_subjects")] string DefaultSubjects)
{
    private const string SpecificationVersion = "1_0";
    private const string OAuth = "urn:ietf:rfc:6749";

    /// <summary>The configuration of an issuer. Nothing in it tells whether there is such a tenant.</summary>
    public static TransmitterConfiguration Of(string issuer) => new(
        SpecificationVersion,
        issuer,
        $"{issuer}/jwks.json",
        [StreamRequest.Push, StreamRequest.Poll],
        $"{issuer}/streams",
        $"{issuer}/status",
        $"{issuer}/subjects/add",
        $"{issuer}/subjects/remove",
        $"{issuer}/verification",
        [new AuthorizationScheme(OAuth)],
        "ALL");

    /// <summary>The answer, which may be kept for a while.</summary>
    public static IResult Answer(HttpContext context, string issuer)
    {
        context.Response.Headers[HeaderNames.CacheControl] = "public, max-age=300";
        return ReceiverBodies.Answer(Of(issuer));
    }
}

/// <summary>The transmitter configuration metadata of a tenant, where the specification has it: between the host and the path of the issuer.</summary>
internal sealed class FindTransmitterConfiguration(EventFactory factory)
{
    /// <inheritdoc cref="FindTransmitterConfiguration"/>
    /// <param name="context">The call.</param>
    /// <param name="tenantId">The tenant.</param>
    [Function(nameof(FindTransmitterConfiguration))]
    [AllowAnonymous]
    [ProducesResponseType<TransmitterConfiguration>(StatusCodes.Status200OK)]
    public IResult Handle(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = ".well-known/ssf-configuration/api/ssf/{tenantId}")] HttpContext context, string tenantId) =>
        TransmitterConfiguration.Answer(context, factory.IssuerOf(tenantId));
}

/// <summary>The same under the address of the issuer, for gateways that only hand on what begins with <c>/api</c>.</summary>
internal sealed class GetTransmitterConfiguration(EventFactory factory)
{
    /// <inheritdoc cref="GetTransmitterConfiguration"/>
    /// <param name="context">The call.</param>
    /// <param name="tenantId">The tenant.</param>
    [Function(nameof(GetTransmitterConfiguration))]
    [AllowAnonymous]
    [ProducesResponseType<TransmitterConfiguration>(StatusCodes.Status200OK)]
    public IResult Handle(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "ssf/{tenantId}/.well-known/ssf-configuration")] HttpContext context, string tenantId) =>
        TransmitterConfiguration.Answer(context, factory.IssuerOf(tenantId));
}
