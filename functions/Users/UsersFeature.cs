namespace BlokSec.Functions.Users;

/// <summary>Users: who they are, how they come and go.</summary>
internal static class UsersFeature
{
    public static void AddUsers(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<UniqueNames>();
        builder.Services.AddSingleton<UserDirectory>();
        builder.Services.AddSingleton<UserPages>();
        builder.Services.AddSingleton<UserNames>();
    }
}
