using BlokSec.Verify.Jose;

namespace BlokSec.Verify.Assertions;

/// <summary>What an assertion says; see <c>docs/applications.md</c>.</summary>
internal sealed record AssertionClaims(
    string Iss,
    string Aud,
    string Sub,
    long Iat,
    long AuthTime,
    string Jti,
    string Tenant,
    string User,
    string Account,
    string AccountName,
    string Application,
    string Did,
    string Device,
    string Request,
    PhoneAnswers Answer);

/// <summary>What the phone signed, with each of its keys.</summary>
/// <param name="Device">By the device's key.</param>
/// <param name="DeviceKey">That key.</param>
/// <param name="Did">By the DID's key.</param>
internal sealed record PhoneAnswers(string Device, JsonWebKey DeviceKey, string Did);

/// <summary>The claims of such a signature.</summary>
internal sealed record AnswerClaims(
    string Aud,
    decimal Iat,
    string Tenant,
    string User,
    string Device,
    string Request,
    string Application,
    string Account,
    string Context,
    string Decision,
    string Number);
