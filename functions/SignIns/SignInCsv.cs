using BlokSec.Contracts;
using BlokSec.Functions.Csv;
using BlokSec.Functions.Identities;

namespace BlokSec.Functions.SignIns;

/// <summary>Sign-in requests as lines of CSV (RFC 4180).</summary>
internal static class SignInCsv
{
    private static readonly (string Name, Func<AuthenticationRequestRecord, string?> Value)[] Columns =
    [
        ("issuedAt", record => CsvCells.Text(record.Request.IssuedAt)),
        ("application", record => record.Request.ApplicationName),
        ("account", record => record.Request.AccountName),
        ("method", record => record.Request.Method),
        ("status", record => CsvCells.Name<AuthenticationRequestStatus>(record.Request.Status)),
        ("reason", record => CsvCells.Name(record.Request.Reason)),
        ("country", record => record.Request.Country),
        ("city", record => record.Request.City),
        ("ipAddress", record => record.Request.IpAddress),
        ("userAgent", record => record.UserAgent),
        ("bindingMessage", record => record.BindingMessage),
        ("pushAcceptedAt", record => CsvCells.Text(record.PushAcceptedAt)),
        ("pushReason", record => record.PushReason),
        ("retrievedAt", record => CsvCells.Text(record.Request.RetrievedAt)),
        ("respondedAt", record => CsvCells.Text(record.Request.RespondedAt)),
        ("expiresAt", record => CsvCells.Text(record.Request.ExpiresAt)),
        ("forReview", record => record.Request.ForReview ? "true" : null),
        ("digits", record => CsvCells.Text(record.Digits)),
        ("wrongNumbers", record => CsvCells.Text(record.WrongNumbers)),
        ("deviceId", record => record.Device?.DeviceId),
        ("answeringDeviceId", record => record.AnsweringDevice?.DeviceId),
        ("applicationId", record => record.Request.ApplicationId),
        ("accountId", record => record.AccountId),
        ("requestId", record => record.Request.RequestId),
    ];

    private static readonly CsvTable<AuthenticationRequestRecord> Table = new(Columns);

    /// <summary>An export of all users: each row names its user as well.</summary>
    public static readonly CsvTable<(UserReference? User, AuthenticationRequestRecord Record)> TenantTable = new(
    [
        ("userId", row => row.User?.UserId),
        ("userName", row => row.User?.Name),
        .. Columns.Select(column => (column.Name, (Func<(UserReference? User, AuthenticationRequestRecord Record), string?>)(row => column.Value(row.Record)))),
    ]);

    public static string Header => Table.Header;

    public static string Row(AuthenticationRequestDocument request, DateTimeOffset now) => Table.Row(request.ToRecord(devices: null, now));

    /// <summary>The last rows, which say what is missing; empty when nothing is.</summary>
    /// <param name="rows">How many requests were written.</param>
    /// <param name="unreadable">How many cannot be read.</param>
    /// <param name="isCut">Whether there are more.</param>
    public static string End(int rows, int unreadable, bool isCut)
    {
        var cut = isCut ? Table.Note($"{AuthenticationRequestExport.Cut} there are more than {rows} requests. Choose a shorter time.") : "";
        return unreadable > 0 ? cut + Table.Note(Unreadable(unreadable)) : cut;
    }

    /// <summary>What is said of requests that cannot be read.</summary>
    public static string Unreadable(int count) => $"{AuthenticationRequestExport.Cut} {count} requests cannot be read.";
}
