using BlokSec.Local.Faults;
using BlokSec.Local.Phones;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace BlokSec.Local.Control;

/// <summary>
/// Buttons for people and scripts: the phones and the page that shows them, the mails, the fault switches of all stand-ins, and the requests that
/// they saw. Loopback only.
/// </summary>
internal sealed class ControlServer : IAsyncDisposable
{
    private readonly StandIn server;
    private readonly People people;

    private ControlServer(StandIn server, People people)
    {
        this.server = server;
        this.people = people;
    }

    public Uri Address => server.Address;

    public static async Task<ControlServer> StartAsync(LocalCloud cloud, int port)
    {
        var people = new People(cloud);
        try
        {
            var server = await StandIn.StartAsync(port, HttpProtocols.Http1, services => services.AddRouting(), app => Map(app, cloud, people));
            return new ControlServer(server, people);
        }
        catch
        {
            people.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        people.Dispose();
    }

    private static void Map(WebApplication app, LocalCloud cloud, People people)
    {
        PhoneEndpoints.Map(app, cloud.Phones);
        var control = app.MapGroup("").AddEndpointFilter<LocalOnlyFilter>();
        PhonesPage.Map(control);
        MailboxPage.Map(control, cloud.Mail);
        PeopleEndpoints.Map(control, people);
        FaultEndpoints.Map(control, cloud.Traffic);
    }
}
