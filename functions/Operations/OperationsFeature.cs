namespace BlokSec.Functions.Operations;

/// <summary>Long-running operations: how far they are, and what resumes them when they make no progress.</summary>
internal static class OperationsFeature
{
    public static void AddOperations(this IHostApplicationBuilder builder)
    {
        builder.AddValidated<ResumeOptions, ResumeOptions.Validator>(ResumeOptions.Section);
        builder.Services.AddSingleton<OperationDispatch>();
        builder.Services.AddSingleton<UnattendedWork>();
        builder.Services.AddSingleton<FailedOperations>();
        builder.Services.AddSingleton<OperationProgress>();
    }
}
