using BlokSec.Contracts;
using BlokSec.Local.Phones.Keys;
using BlokSec.Local.Phones.Wire;

namespace BlokSec.Local.Phones;

/// <content>From the welcome screen to an enrolled phone.</content>
internal sealed partial class VirtualPhone
{
    /// <summary>The user scans a claim's QR code.</summary>
    public Task EnrollAsync(string claimLink, CancellationToken cancellationToken) => InTurnAsync(
        async () =>
        {
            if (!CanEnroll())
            {
                return;
            }

            if (!ClaimLink.TryParse(claimLink, out var link))
            {
                Say(PhoneTexts.NoClaim, "A QR code was scanned that is not a claim.");
                return;
            }

            var pending = State.Pending is { ClaimCode: { } code } again && new ClaimLink(again.TenantId, again.UserId, code) == link
                ? again
                : new PendingEnrollment(
                    link.TenantId, link.UserId, link.Code, PhoneKey.Create(State.Facts.DeviceKeyKind), PhoneKey.Create(State.Facts.DidKeyKind));
            await EnrollAsync(pending, cancellationToken);
        },
        cancellationToken);

    /// <summary>The user restores the identity from a backup: same DID, new device key.</summary>
    public Task RestoreAsync(Backup backup, CancellationToken cancellationToken) => InTurnAsync(
        async () =>
        {
            if (!CanEnroll())
            {
                return;
            }

            var pending = State.Pending is { ClaimCode: null } again
                && (again.TenantId, again.UserId, again.DidKey.Did) == (backup.TenantId, backup.UserId, backup.DidKey.Did)
                ? again
                : new PendingEnrollment(backup.TenantId, backup.UserId, null, PhoneKey.Create(State.Facts.DeviceKeyKind), backup.DidKey);
            await EnrollAsync(pending, cancellationToken);
        },
        cancellationToken);

    /// <summary>The user makes a backup, which is kept outside of the app; null while nobody is registered here.</summary>
    public async Task<Backup?> CreateBackupAsync(CancellationToken cancellationToken)
    {
        Backup? backup = null;
        await InTurnAsync(
            () =>
            {
                if (State.Registration is { } registration)
                {
                    backup = new Backup(registration.TenantId, registration.UserId, registration.DidKey, time.GetUtcNow());
                    Change("A backup was made.", now => now with { Backup = backup });
                }
            },
            cancellationToken);
        return backup;
    }

    private bool CanEnroll()
    {
        if (!State.Installed)
        {
            Note("Nothing was set up: the app is not on this phone.");
            return false;
        }

        if (State.Registration is not null)
        {
            Say(PhoneTexts.AlreadyEnrolled, "Nothing was set up: this phone is enrolled already.");
            return false;
        }

        return true;
    }

    private async Task EnrollAsync(PendingEnrollment pending, CancellationToken cancellationToken)
    {
        // Saved before it is sent: whatever gets lost, the next attempt has the same keys
        Change(now => now with { Pending = pending, Message = null, LookedAt = time.GetUtcNow() });
        var answer = await SendAsync(pending, cancellationToken);
        if (answer.IsLost && !State.Offline)
        {
            Note($"The answer to the enrollment got lost ({answer.Failure}); asking again with the same keys.");
            answer = await SendAsync(pending, cancellationToken);
        }

        if (answer.IsSuccess && answer.Read<EnrolledDevice>() is { } enrolled && IsAnswerTo(pending, enrolled))
        {
            await BecomeEnrolledAsync(pending, enrolled, cancellationToken);
            return;
        }

        Change(
            $"The enrollment did not succeed: {answer}.",
            now => now with
            {
                Pending = PhoneTexts.IsFinal(answer) ? null : pending,
                Message = PhoneTexts.ForEnrollment(answer),
            });
    }

    private Task<ApiAnswer> SendAsync(PendingEnrollment pending, CancellationToken cancellationToken)
    {
        var path = pending.ClaimCode is null ? "mobile/devices" : "mobile/claims/redemption";
        var signer = new Signer(pending.DeviceKey, pending.TenantId, pending.UserId);
        return CorrectingAsync(HttpMethod.Post, path, signer, () => EnrollmentOf(pending, path), cancellationToken);
    }

    private object EnrollmentOf(PendingEnrollment pending, string path)
    {
        var proof = new DidProof
        {
            Key = pending.DidKey,
            Address = api.Address(path),
            Tenant = pending.TenantId,
            User = pending.UserId,
            DeviceId = pending.DeviceKey.DeviceId,
            IssuedAt = time.GetUtcNow() + State.ClockError + State.ClockOffset,
            ClaimCode = pending.ClaimCode,
        }.Build();
        return pending.ClaimCode is { } code
            ? new RedeemClaimRequest
            {
                TenantId = pending.TenantId,
                UserId = pending.UserId,
                Code = code,
                Did = pending.DidKey.Did,
                DidProof = proof,
                Device = Describe(),
            }
            : new RestoreDeviceRequest
            {
                TenantId = pending.TenantId,
                UserId = pending.UserId,
                Did = pending.DidKey.Did,
                DidProof = proof,
                Device = Describe(),
            };
    }

    private DeviceRegistration Describe() => new()
    {
        Name = State.Facts.Name,
        Model = State.Facts.Model,
        Platform = State.Facts.Platform,
        OsVersion = State.Facts.OsVersion,
        AppVersion = State.Facts.AppVersion,
        PushHandle = State.AllowsNotifications ? State.PushAddress.ToHandle() : null,
    };

    private static bool IsAnswerTo(PendingEnrollment pending, EnrolledDevice enrolled) =>
        (enrolled.TenantId, enrolled.UserId, enrolled.DeviceId, enrolled.Did)
        == (pending.TenantId, pending.UserId, pending.DeviceKey.DeviceId, pending.DidKey.Did);

    private async Task BecomeEnrolledAsync(PendingEnrollment pending, EnrolledDevice enrolled, CancellationToken cancellationToken)
    {
        var registration = new PhoneRegistration
        {
            TenantId = pending.TenantId,
            UserId = pending.UserId,
            Epoch = enrolled.Epoch,
            RegisteredAt = enrolled.RegisteredAt,
            DeviceKey = pending.DeviceKey,
            DidKey = pending.DidKey,
        };
        Change(
            $"Enrolled as {registration.UserId}, registration epoch {registration.Epoch}.",
            now => now with
            {
                Pending = null,
                Message = null,
                Statements = [],
                Registration = registration with { RegisteredToken = now.AllowsNotifications ? now.PushAddress.Token : null },
                Holder = new PhoneHolder(registration.TenantId, registration.UserId),
                LastSyncAt = time.GetUtcNow(),
            },
            PhoneEventKind.Enrolled);
        await verifier.RefreshAsync(cancellationToken);
        Change(now => now with { StatementKeys = verifier.Keys });
    }
}
