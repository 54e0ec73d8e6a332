// What any ASP.NET Core app costs: nothing but an address that answers.
var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
var app = builder.Build();
app.MapGet("/api/health/live", () => "live");
app.Run();
