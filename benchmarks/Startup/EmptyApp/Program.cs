// What any isolated worker with ASP.NET Core's integration costs: nothing but an address that answers.
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
builder.Build().Run();
