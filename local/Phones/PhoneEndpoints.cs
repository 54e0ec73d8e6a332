using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing.Patterns;

namespace BlokSec.Local.Phones;

/// <summary>Buttons for people: an HTTP control API over the phone book. Only for the machine it runs on.</summary>
internal static class PhoneEndpoints
{
    /// <summary>Maps <c>/phones</c> and <c>/phone-events</c>.</summary>
    public static void Map(IEndpointRouteBuilder endpoints, PhoneBook book)
    {
        var phones = endpoints.MapGroup("/phones").AddEndpointFilter<LocalOnlyFilter>();
        phones.MapGet("", () => Json(book.Phones.Select(phone => phone.View)));
        endpoints.MapGet("/phone-events", (string? tenant, string? user, CancellationToken stop) => TypedResults.ServerSentEvents(
            PhoneEvents.WatchAsync(book, tenant is null || user is null ? null : new PhoneHolder(tenant, user), stop)))
            .AddEndpointFilter<LocalOnlyFilter>();
        phones.MapPost("", (HttpRequest request, CancellationToken cancellationToken) => AddAsync(book, request, cancellationToken));
        phones.MapGet("{id}", IResult (string id) => book.Find(id) is { } phone ? View(phone) : NoSuchPhone(id));

        MapAction(phones, book, "open", (phone, stop) => phone.OpenAppAsync(stop));
        MapAction(phones, book, "delete-app", (phone, stop) => phone.DeleteAppAsync(stop), needsApp: false);
        MapAction(phones, book, "reinstall", (phone, stop) => phone.ReinstallAsync(stop), needsApp: false);
        MapAction(phones, book, "rotate-push-token", (phone, stop) => phone.RotatePushTokenAsync(stop));
        MapAction(phones, book, "take-push-token-back", (phone, stop) => phone.TakePushHandleBackAsync(stop));
        MapAction(phones, book, "depart", (phone, stop) => phone.DepartAsync(stop));
        MapAction<LossReport>(phones, book, "report-lost", LossReport.Example, (phone, report, stop) => phone.ReportLostAsync(report.DeviceId, stop));
        phones.MapGet("{id}/devices", (string id, CancellationToken stop) => DevicesAsync(book, id, stop));
        MapAction<Switch>(phones, book, "offline", Switch.Example, (phone, on, stop) => phone.SetOfflineAsync(on.Value, stop));
        MapAction<Switch>(phones, book, "lose-pushes", Switch.Example, (phone, on, stop) => phone.SetLosePushesAsync(on.Value, stop));
        MapAction<Switch>(phones, book, "allow-notifications", Switch.Example, (phone, on, stop) => phone.SetAllowNotificationsAsync(on.Value, stop));
        MapAction<Switch>(phones, book, "check-in", Switch.Example, (phone, on, stop) => phone.SetChecksInAsync(on.Value, stop));
        MapAction<ClockSetting>(phones, book, "clock", ClockSetting.Example, (phone, clock, stop) => phone.SetClockAsync(TimeSpan.FromSeconds(clock.Seconds), stop));
        MapAction<ClaimScan>(phones, book, "claim", ClaimScan.Example, (phone, scan, stop) => phone.EnrollAsync(scan.Link, stop));
        phones.MapPost("{id}/sign-ins/{requestId}/answer", (string id, string requestId, HttpRequest request, CancellationToken stop) =>
            AnswerAsync(book, id, requestId, request, stop));
        phones.MapPost("{id}/backup", (string id, CancellationToken stop) => BackupAsync(book, id, stop));
        phones.MapPost("{id}/restore", (string id, HttpRequest request, CancellationToken stop) => RestoreAsync(book, id, request, stop));
        phones.MapPost("{id}/{action}", (string id, string action, EndpointDataSource all) => NoSuchAction(action, all));
    }

    private static void MapAction(
        RouteGroupBuilder phones, PhoneBook book, string name, Func<VirtualPhone, CancellationToken, Task> act, bool needsApp = true) =>
        phones.MapPost($"{{id}}/{name}", async Task<IResult> (string id, CancellationToken stop) =>
        {
            if (!TryFind(book, id, needsApp, out var phone, out var problem))
            {
                return problem;
            }

            await act(phone, stop);
            return View(phone);
        });

    private static void MapAction<TBody>(
        RouteGroupBuilder phones, PhoneBook book, string name, string example, Func<VirtualPhone, TBody, CancellationToken, Task> act)
        where TBody : class =>
        phones.MapPost($"{{id}}/{name}", async Task<IResult> (string id, HttpRequest request, CancellationToken stop) =>
        {
            if (!TryFind(book, id, needsApp: typeof(TBody) != typeof(Switch) && typeof(TBody) != typeof(ClockSetting), out var phone, out var problem))
            {
                return problem;
            }

            if (await ReadAsync<TBody>(request, stop) is not { } body)
            {
                return BadBody(example);
            }

            await act(phone, body, stop);
            return View(phone);
        });

    private static async Task<IResult> AddAsync(PhoneBook book, HttpRequest request, CancellationToken cancellationToken)
    {
        if (await ReadAsync<NewPhoneRequest>(request, cancellationToken) is not { } wanted)
        {
            return BadBody(NewPhoneRequest.Example);
        }

        if (wanted.Problem() is { } wrong)
        {
            return Problem(StatusCodes.Status400BadRequest, wrong);
        }

        var phone = book.Add(wanted.ToFacts(), wanted.Holder);
        request.HttpContext.Response.Headers.Location = $"/phones/{phone.Id}";
        return Json(phone.View, StatusCodes.Status201Created);
    }

    private static async Task<IResult> DevicesAsync(PhoneBook book, string id, CancellationToken cancellationToken)
    {
        if (!TryFind(book, id, needsApp: true, out var phone, out var problem))
        {
            return problem;
        }

        return await phone.ListOwnDevicesAsync(cancellationToken) is { } devices
            ? Json(devices)
            : Problem(StatusCodes.Status409Conflict, "The server did not tell which phones there are; the phone says why.");
    }

    private static async Task<IResult> BackupAsync(PhoneBook book, string id, CancellationToken cancellationToken)
    {
        if (!TryFind(book, id, needsApp: true, out var phone, out var problem))
        {
            return problem;
        }

        return await phone.CreateBackupAsync(cancellationToken) is null
            ? Problem(StatusCodes.Status409Conflict, "Nobody is registered on this phone, so there is nothing to back up.")
            : View(phone);
    }

    private static async Task<IResult> RestoreAsync(PhoneBook book, string id, HttpRequest request, CancellationToken cancellationToken)
    {
        if (!TryFind(book, id, needsApp: true, out var phone, out var problem))
        {
            return problem;
        }

        if (await ReadAsync<RestoreFrom>(request, cancellationToken) is not { } from)
        {
            return BadBody(RestoreFrom.Example);
        }

        if (book.Find(from.FromPhoneId) is not { } source)
        {
            return NoSuchPhone(from.FromPhoneId);
        }

        if (source.State.Backup is not { } backup)
        {
            return Problem(StatusCodes.Status409Conflict, $"No backup was made on {source.Id}.");
        }

        await phone.RestoreAsync(backup, cancellationToken);
        return View(phone);
    }

    private static async Task<IResult> AnswerAsync(
        PhoneBook book, string id, string requestId, HttpRequest request, CancellationToken cancellationToken)
    {
        if (!TryFind(book, id, needsApp: true, out var phone, out var problem))
        {
            return problem;
        }

        if (await ReadAsync<SignInReply>(request, cancellationToken) is not { } reply || !reply.IsComplete)
        {
            return BadBody(SignInReply.Example);
        }

        if (phone.State.SignIns.All(shown => shown.RequestId != requestId))
        {
            return Problem(StatusCodes.Status404NotFound, $"{phone.Id} shows no sign-in request {requestId}.");
        }

        await phone.AnswerSignInAsync(requestId, reply.Decision, reply.Number, cancellationToken);
        return View(phone);
    }

    private static bool TryFind(
        PhoneBook book,
        string id,
        bool needsApp,
        [NotNullWhen(true)] out VirtualPhone? phone,
        [NotNullWhen(false)] out IResult? problem)
    {
        phone = book.Find(id);
        problem = phone is null ? NoSuchPhone(id)
            : needsApp && !phone.State.Installed ? Problem(StatusCodes.Status409Conflict, PhoneTexts.NotInstalled)
            : null;
        return problem is null;
    }

    private static async Task<T?> ReadAsync<T>(HttpRequest request, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await JsonSerializer.DeserializeAsync<T>(request.Body, PhoneJson.Options, cancellationToken);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static JsonHttpResult<PhoneView> View(VirtualPhone phone) => Json(phone.View);

    private static JsonHttpResult<T> Json<T>(T value, int status = StatusCodes.Status200OK) =>
        TypedResults.Json(value, PhoneJson.Options, statusCode: status);

    private static ProblemHttpResult NoSuchPhone(string id) => Problem(StatusCodes.Status404NotFound, $"There is no phone {id}.");

    private static ProblemHttpResult NoSuchAction(string action, EndpointDataSource all)
    {
        var known = all.Endpoints.OfType<RouteEndpoint>()
            .Select(endpoint => endpoint.RoutePattern)
            .Where(pattern => pattern.PathSegments is [_, { Parts: [RoutePatternParameterPart] }, { Parts: [RoutePatternLiteralPart] }]
                && pattern.RawText!.StartsWith("/phones/", StringComparison.Ordinal))
            .Select(pattern => pattern.PathSegments[2].Parts[0])
            .Cast<RoutePatternLiteralPart>()
            .Select(part => part.Content)
            .Order(StringComparer.Ordinal);
        return Problem(StatusCodes.Status404NotFound, $"A phone has no action '{action}'. Known: {string.Join(", ", known)}.");
    }

    private static ProblemHttpResult BadBody(string example) =>
        Problem(StatusCodes.Status400BadRequest, $"The body is not the JSON that this call needs: {example}");

    private static ProblemHttpResult Problem(int status, string detail) => TypedResults.Problem(detail, statusCode: status);
}
