using BlokSec.Functions.Hosting;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Security;
using BlokSec.Functions.SignIns;

namespace BlokSec.Functions.Devices;

/// <summary>Phones: what administrators do to them, and what they ask and tell themselves.</summary>
internal static class DevicesFeature
{
    public static void AddDevices(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<PlanDeviceRemoval>();
        builder.Services.AddSingleton<RemoveDevice>();
        builder.Services.AddSingleton<SetActiveDevice>();
        builder.Services.AddSingleton<WaitingSignIns>();
        builder.Services.AddSingleton<DeleteDevices>();
        builder.Services.AddSingleton<RemovedDevices>();
        builder.Services.AddSingleton<EnrollingKeys>();
        builder.Services.AddSingleton<RestoreDevice>();
        builder.Services.AddSingleton<GetDeviceStatus>();
        builder.Services.AddSingleton<UpdatePushHandle>();
        builder.Services.AddSingleton<ConfirmErasure>();
    }

    public static void MapDevices(this IEndpointRouteBuilder app)
    {
        app.MapHttp<PlanDeviceRemoval>(HttpMethods.Get, "users/{userId}/devices/{deviceId}/removal/plan").RequireAuthorization(AdminPolicies.UsersRead);
        app.MapHttp<RemoveDevice>(HttpMethods.Post, "users/{userId}/devices/{deviceId}/removal").RequireAuthorization(AdminPolicies.DevicesManage);
        app.MapHttp<SetActiveDevice>(HttpMethods.Put, "users/{userId}/active-device").RequireAuthorization(AdminPolicies.DevicesManage);
        app.MapQueue<DeleteDevices, DeviceDeletionMessage>(Queues.DeviceDeletions);

        app.MapHttp<RestoreDevice>(HttpMethods.Post, "mobile/devices").RequireAuthorization(DeviceAuthentication.Policy);
        app.MapHttp<GetDeviceStatus>(HttpMethods.Get, "mobile/device/status").RequireAuthorization(DeviceAuthentication.Policy);
        app.MapHttp<UpdatePushHandle>(HttpMethods.Put, "mobile/device/push-handle").RequireAuthorization(DeviceAuthentication.Policy);
        app.MapHttp<ConfirmErasure>(HttpMethods.Post, "mobile/device/erasure").RequireAuthorization(DeviceAuthentication.Policy);
    }
}
