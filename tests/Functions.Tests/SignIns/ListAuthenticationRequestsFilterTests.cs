using System.Globalization;
using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Overviews;
using CsCheck;

namespace BlokSec.Functions.Tests.SignIns;

/// <summary>The list of a user's sign-in requests against a model of it: whatever lies there, and whatever is asked for.</summary>
public sealed class ListAuthenticationRequestsFilterTests(OpenCloud cloud) : IClassFixture<OpenCloud>
{
    /// <summary>Times that differ by hours, by as little as a clock can tell, or not at all; none is whole days ago.</summary>
    private static readonly Gen<Moment> Moments =
        Gen.Select(Gen.Int[0, 40], Any.Of(0, 1, 1_000_000, 1_234_560, 9_999_999), (hours, ticks) => new Moment((hours * 5) + 0.5, ticks));

    private static readonly Gen<Stored> Requests = Gen.Select(
        Moments,
        Any.Of("maria", "maria", "maria", "maria", "liam"),
        Gen.Enum<AuthenticationRequestStatus>(),
        Gen.Enum<DenialReason>(),
        Gen.Select(Any.Of("payroll", "wiki"), Any.Of("Push", "Passcode", "BlokBadge")),
        Gen.Select(Any.Of(null, "phone", "tablet"), Any.Of(null, null, "phone", "tablet")),
        Gen.Bool,
        Any.Of<int?>(null, -1, 1),
        (at, user, status, reason, asked, devices, review, expires) =>
            new Stored(at, user, status, reason, asked.Item1, asked.Item2, devices.Item1, devices.Item2, review, expires));

    private static readonly Gen<Asked> Questions = Gen.Select(
        Gen.Select(Any.Of<int?>(null, 1, 3, 90), Moments, Moments, Gen.Int[0, 7]),
        Any.Of(null, null, null, null, null, null, null, "accepted", "denied", "pending", "expired", "superseded", "passcode", "blokBadge"),
        Any.Of(null, null, null, null, null, null, "notMe", "cancelled", "wrongNumber"),
        Any.Of(null, null, null, null, "payroll", "' OR true OR '"),
        Any.Of(null, null, null, "Push", "BlokBadge"),
        Any.Of<(string? Device, bool? Review)>(
            (null, null), (null, null), (null, true), (null, false), ("phone", null), ("phone", true), ("phone", false), ("watch", true)),
        Gen.Int[1, 5],
        (time, status, reason, application, method, about, pageSize) => new Asked(
            time.Item4 < 6 ? time.Item1 : null,
            time.Item4 is 3 or 5 or 6 ? time.Item2 : null,
            time.Item4 is 4 or 5 or 6 ? time.Item3 : null,
            status,
            reason,
            application,
            method,
            about.Device,
            about.Review,
            pageSize));

    [Fact]
    public Task Every_combination_of_filters_finds_page_by_page_what_the_model_finds() =>
        Gen.Select(Requests.Array[0, 24], Questions.Array[24]).SampleAsync(
            async (requests, questions) =>
            {
                var history = new TenantHistory(cloud);
                var all = requests.Select(request => request.Of(history)).ToArray();
                await history.StoreAsync([history.User("maria"), history.User("liam"), .. all]);

                foreach (var asked in questions)
                {
                    if (asked.IsRefused)
                    {
                        (await history.AskAsync($"users/maria/authentication-requests?{asked.Query(history)}")).Problem(400, ProblemCodes.InvalidRequest);
                        continue;
                    }

                    var found = await history.ReadAllAsync<AuthenticationRequestList, AuthenticationRequestDetails>(
                        "users/maria/authentication-requests", asked.Query(history), asked.PageSize, page => (page.Requests, page.Continuation));

                    Assert.Equal(asked.Of(all, history), found.Select(request => (request.RequestId, request.Status)));
                }
            },
            iter: 8,
            threads: 1);

    /// <summary>A time before the test, in hours, and what is more than whole seconds.</summary>
    private sealed record Moment(double HoursAgo, int Ticks)
    {
        public DateTimeOffset Of(TenantHistory history) =>
            new DateTimeOffset(history.Now.Ticks - (history.Now.Ticks % TimeSpan.TicksPerSecond), TimeSpan.Zero).AddHours(-HoursAgo).AddTicks(Ticks);
    }

    private sealed record Stored(
        Moment At,
        string User,
        AuthenticationRequestStatus Status,
        DenialReason Reason,
        string Application,
        string Method,
        string? PushedTo,
        string? AnsweredBy,
        bool ForReview,
        int? ExpiresInHours)
    {
        public AuthenticationRequestDocument Of(TenantHistory history) => history.SignIn(User) with
        {
            IssuedAt = At.Of(history),
            ExpiresAt = ExpiresInHours is { } hours ? history.Now.AddHours(hours) : null,
            Status = Status,
            Reason = Status == AuthenticationRequestStatus.Denied ? Reason : null,
            ApplicationId = Application,
            Method = Method,
            DeviceId = PushedTo,
            AnsweredBy = AnsweredBy,
            ForReview = ForReview,
        };
    }

    private sealed record Asked(
        int? Days,
        Moment? From,
        Moment? To,
        string? Status,
        string? Reason,
        string? Application,
        string? Method,
        string? Device,
        bool? Review,
        int PageSize)
    {
        public bool IsRefused => (Days is not null && (From ?? To) is not null)
            || (From is not null && To is not null && (From.HoursAgo, -From.Ticks).CompareTo((To.HoursAgo, -To.Ticks)) <= 0);

        public string Query(TenantHistory history) => string.Join('&', new[]
        {
            ("days", Days?.ToString(CultureInfo.InvariantCulture)), ("from", Said(From, history)), ("to", Said(To, history)), ("status", Status), ("reason", Reason),
            ("application", Application), ("method", Method), ("device", Device), ("review", Review is { } review ? review ? "true" : "false" : null),
        }.Where(part => part.Item2 is not null).Select(part => $"{part.Item1}={Uri.EscapeDataString(part.Item2!)}"));

        public IEnumerable<(string RequestId, AuthenticationRequestStatus Status)> Of(IEnumerable<AuthenticationRequestDocument> requests, TenantHistory history)
        {
            var begin = From?.Of(history) ?? (To is null ? history.Now.AddDays(-(Days ?? 7)) : DateTimeOffset.MinValue);
            return requests
                .Where(request => request.UserId == "maria")
                .Where(request => request.IssuedAt >= begin && request.IssuedAt < (To?.Of(history) ?? DateTimeOffset.MaxValue))
                .Where(request => Status is null || string.Equals(request.StatusAt(history.Now).ToString(), Status, StringComparison.OrdinalIgnoreCase))
                .Where(request => Reason is null || string.Equals(request.Reason?.ToString(), Reason, StringComparison.OrdinalIgnoreCase))
                .Where(request => Application is null || request.ApplicationId == Application)
                .Where(request => Method is null || request.Method == Method)
                .Where(request => Device is null || IsOf(Device, request))
                .Where(request => Review is null || request.ForReview == Review)
                .OrderByDescending(request => request.IssuedAt)
                .ThenByDescending(request => request.Id, StringComparer.Ordinal)
                .Select(request => (request.RequestId, request.StatusAt(history.Now)));
        }

        /// <summary>What is for review is about the device that answered; a request of an earlier version does not tell which one that was.</summary>
        private bool IsOf(string device, AuthenticationRequestDocument request) =>
            request.AnsweredBy == device || (request.DeviceId == device && (Review != true || request.AnsweredBy is null));

        private static string? Said(Moment? moment, TenantHistory history) => moment is null ? null : $"{moment.Of(history):yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'}";
    }
}
