using BlokSec.Contracts;
using BlokSec.Local.Phones.Wire;

namespace BlokSec.Local.Phones;

/// <content>What the user decides on the phone about the user's phones.</content>
internal sealed partial class VirtualPhone
{
    /// <summary>The user unregisters this phone.</summary>
    public Task DepartAsync(CancellationToken cancellationToken) => InTurnAsync(
        async () =>
        {
            if (State.Registration is not { } registration)
            {
                Note("There is nothing to unregister.");
                return;
            }

            var answer = await CallAsync(HttpMethod.Post, "mobile/device/departure", registration.Signer, null, cancellationToken);
            if (answer.IsSuccess)
            {
                // The app resets by the signed statement only, which it gets with the next call.
                Note("The server removed this phone, as the user wished.");
                await AskStatusAsync(registration, cancellationToken);
            }
            else
            {
                await FaceRefusalAsync(answer, registration, cancellationToken);
            }
        },
        cancellationToken);

    /// <summary>The user's phones, as the server knows them.</summary>
    /// <returns>Null when the server did not tell.</returns>
    public async Task<OwnDeviceList?> ListOwnDevicesAsync(CancellationToken cancellationToken)
    {
        OwnDeviceList? devices = null;
        await InTurnAsync(
            async () =>
            {
                if (State.Registration is not { } registration)
                {
                    Note("Nobody is registered here who has phones.");
                    return;
                }

                var answer = await CorrectingAsync(HttpMethod.Get, "mobile/devices", registration.Signer, () => null, cancellationToken);
                devices = answer.IsSuccess ? answer.Read<OwnDeviceList>() : null;
                if (devices is null)
                {
                    await FaceRefusalAsync(answer, registration, cancellationToken);
                }
            },
            cancellationToken);
        return devices;
    }

    /// <summary>The user reports another phone as lost.</summary>
    /// <param name="deviceId">The lost phone.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task ReportLostAsync(string deviceId, CancellationToken cancellationToken) => InTurnAsync(
        async () =>
        {
            if (State.Registration is not { } registration)
            {
                Note("Nobody is registered here who could report a phone.");
                return;
            }

            var path = $"mobile/devices/{deviceId}/loss";
            var answer = await CorrectingAsync(HttpMethod.Post, path, registration.Signer, Report, cancellationToken);
            if (answer.IsSuccess)
            {
                Say(PhoneTexts.ReportedLost, "The server blocked the phone that was reported as lost.");
            }
            else
            {
                await FaceRefusalAsync(answer, registration, cancellationToken);
            }

            object Report() => new DeviceLossReport
            {
                Did = registration.DidKey.Did,
                DidProof = new DidProof
                {
                    Key = registration.DidKey,
                    Address = api.Address(path),
                    Tenant = registration.Signer.Tenant,
                    User = registration.Signer.User,
                    DeviceId = registration.DeviceId,
                    IssuedAt = time.GetUtcNow() + State.ClockError + State.ClockOffset,
                }.Build(),
            };
        },
        cancellationToken);
}
