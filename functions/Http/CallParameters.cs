using Microsoft.Extensions.DependencyInjection.Extensions;

namespace BlokSec.Functions.Http;

/// <summary>
/// What functions take as a parameter that is neither in the route nor in the body. A service of the call, because the binding that
/// minimal APIs offer for it (<c>BindAsync</c>) compiles code for each function at every start.
/// </summary>
internal static class CallParameters
{
    /// <param name="services">The services.</param>
    /// <param name="read">Reads it from the call.</param>
    public static IServiceCollection AddCallParameter<T>(this IServiceCollection services, Func<HttpContext, T> read)
        where T : class
    {
        services.TryAddSingleton<IHttpContextAccessor, HttpContextAccessor>();
        return services.AddScoped(scope => read(scope.GetRequiredService<IHttpContextAccessor>().HttpContext!));
    }
}
