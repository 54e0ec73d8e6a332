namespace BlokSec.Functions.Mail;

/// <summary>People are told by mail of what happens with their account.</summary>
internal static class MailFeature
{
    public static void AddMail(this IHostApplicationBuilder builder)
    {
        builder.AddValidated<MailOptions, MailOptions.Validator>(MailOptions.Section);
        builder.Services.AddSingleton<MailDispatch>();
        builder.Services.AddSingleton<MailServer>();
    }
}
