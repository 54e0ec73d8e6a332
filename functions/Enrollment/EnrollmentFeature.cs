namespace BlokSec.Functions.Enrollment;

/// <summary>How a phone becomes a device of a user: by a claim, or from the user's backup.</summary>
internal static class EnrollmentFeature
{
    public static void AddEnrollment(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<EnrollingKeys>();
        builder.Services.AddSingleton<EnrollmentProofs>();
        builder.Services.AddSingleton<ClaimAttempts>();
        builder.Services.AddSingleton<ClaimRefusals>();
        builder.Services.AddSingleton<ClaimOperations>();
    }
}
