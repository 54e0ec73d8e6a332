// What any ASP.NET Core app costs: nothing but an address that answers.
var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
builder.WebHost.UseUrls($"http://127.0.0.1:{builder.Configuration["FUNCTIONS_CUSTOMHANDLER_PORT"]}");
var app = builder.Build();
app.MapGet("/api/health/live", () => "live");
app.Run();
