using BlokSec.Portal;
using BlokSec.Portal.Api;
using BlokSec.Portal.Browser;
using BlokSec.Portal.Parts;
using BlokSec.Portal.Security;
using BlokSec.Portal.Users;
using BlokSec.Portal.Words;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.AspNetCore.Components.WebAssembly.Authentication;
using Microsoft.AspNetCore.Components.WebAssembly.Hosting;

var builder = WebAssemblyHostBuilder.CreateDefault(args);
var settings = await PortalSettings.LoadAsync(new Uri(builder.HostEnvironment.BaseAddress));
builder.RootComponents.Add<App>("#app");
builder.RootComponents.Add<HeadOutlet>("head::after");
builder.Services.AddSingleton(settings);
builder.Services.AddSingleton(TimeProvider.System);
builder.Services.AddSignIn(settings.Auth);
builder.Services.AddScoped<BrowserPage>();
builder.Services.AddScoped(services => new ApiConnection(
    new HttpClient { BaseAddress = settings.ApiAddress, Timeout = TimeSpan.FromSeconds(20) },
    services.GetRequiredService<IAccessTokenProvider>()));
builder.Services.AddScoped<AdminApi>();
builder.Services.AddScoped<UserListing>();
builder.Services.AddScoped<Moments>();
builder.Services.AddScoped<Ticker>();
await builder.Build().RunAsync();
