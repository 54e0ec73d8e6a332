using System.Globalization;
using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Csv;
using BlokSec.Functions.Identities;

namespace BlokSec.Functions.SignIns;

/// <summary>Sign-in requests as lines of CSV (RFC 4180).</summary>
internal static class SignInCsv
{
    public const string MediaType = CsvText.MediaType;

    public const string ContentType = CsvText.ContentType;

    private static readonly (string Name, Func<AuthenticationRequestRecord, string?> Value)[] Columns =
    [
        ("issuedAt", record => Text(record.Request.IssuedAt)),
        ("application", record => record.Request.ApplicationName),
        ("account", record => record.Request.AccountName),
        ("method", record => record.Request.Method),
        ("status", record => Name<AuthenticationRequestStatus>(record.Request.Status)),
        ("reason", record => Name(record.Request.Reason)),
        ("country", record => record.Request.Country),
        ("city", record => record.Request.City),
        ("ipAddress", record => record.Request.IpAddress),
        ("userAgent", record => record.UserAgent),
        ("bindingMessage", record => record.BindingMessage),
        ("pushAcceptedAt", record => Text(record.PushAcceptedAt)),
        ("pushReason", record => record.PushReason),
        ("retrievedAt", record => Text(record.Request.RetrievedAt)),
        ("respondedAt", record => Text(record.Request.RespondedAt)),
        ("expiresAt", record => Text(record.Request.ExpiresAt)),
        ("forReview", record => record.Request.ForReview ? "true" : null),
        ("digits", record => record.Digits?.ToString(CultureInfo.InvariantCulture)),
        ("wrongNumbers", record => record.WrongNumbers.ToString(CultureInfo.InvariantCulture)),
        ("deviceId", record => record.Device?.DeviceId),
        ("answeringDeviceId", record => record.AnsweringDevice?.DeviceId),
        ("applicationId", record => record.Request.ApplicationId),
        ("accountId", record => record.AccountId),
        ("requestId", record => record.Request.RequestId),
    ];

    public static string Header { get; } = CsvText.Line(Columns.Select(column => column.Name));

    public static string Row(AuthenticationRequestDocument request, DateTimeOffset now)
    {
        var record = request.ToRecord(devices: null, now);
        return CsvText.Line(Columns.Select(column => column.Value(record)));
    }

    /// <summary>The last rows, which say what is missing; empty when nothing is.</summary>
    /// <param name="rows">How many requests were written.</param>
    /// <param name="unreadable">How many could not be read.</param>
    /// <param name="isCut">Whether there are more.</param>
    public static string End(int rows, int unreadable, bool isCut)
    {
        var cut = isCut ? Cut($"there are more than {rows} requests. Choose a shorter time.") : "";
        return unreadable > 0 ? cut + Cut($"{unreadable} requests cannot be read.") : cut;
    }

    private static string Cut(string what) => CsvText.Line([$"{AuthenticationRequestExport.Cut} {what}", .. Columns.Skip(1).Select(_ => (string?)null)]);

    private static string? Text(DateTimeOffset? at) => at?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static string? Name<T>(T? value)
        where T : struct, Enum => value is { } known ? JsonNamingPolicy.CamelCase.ConvertName(known.ToString()) : null;
}
