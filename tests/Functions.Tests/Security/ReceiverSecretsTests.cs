using System.Security.Cryptography;
using BlokSec.Functions.Security;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Tests.Security;

public sealed class ReceiverSecretsTests
{
    private const string Address = "https://receiver.example.com/events";

    private readonly string key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    [Fact]
    public void A_secret_opens_for_its_own_stream_and_address_only()
    {
        var secrets = With(key);
        var sealedText = secrets.Seal("Bearer secret", "contoso", "s-1", Address);

        Assert.DoesNotContain("secret", sealedText, StringComparison.Ordinal);
        Assert.NotEqual(sealedText, secrets.Seal("Bearer secret", "contoso", "s-1", Address));
        Assert.Equal("Bearer secret", secrets.Open(sealedText, "contoso", "s-1", Address));
        Assert.Null(secrets.Open(sealedText, "fabrikam", "s-1", Address));
        Assert.Null(secrets.Open(sealedText, "contoso", "s-2", Address));
        Assert.Null(secrets.Open(sealedText, "contoso", "s-1", "https://evil.example.com/events"));
        Assert.Null(secrets.Open($"A{sealedText[1..]}", "contoso", "s-1", Address) is "Bearer secret" && sealedText[0] != 'A' ? "opened" : null);
        Assert.Null(secrets.Open("", "contoso", "s-1", Address));
        Assert.Null(secrets.Open("no base64!", "contoso", "s-1", Address));
    }

    [Fact]
    public void A_rotated_key_still_opens_what_it_sealed_while_it_is_kept()
    {
        var sealedText = With(key).Seal("Bearer secret", "contoso", "s-1", Address);
        var next = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

        Assert.Equal("Bearer secret", With(next, key).Open(sealedText, "contoso", "s-1", Address));
        Assert.Null(With(next).Open(sealedText, "contoso", "s-1", Address));
    }

    private static ReceiverSecrets With(string current, params IEnumerable<string> previous)
    {
        var options = new ClaimCodeOptions { Key = current };
        options.PreviousKeys.AddRange(previous);
        return new ReceiverSecrets(Options.Create(options));
    }
}
