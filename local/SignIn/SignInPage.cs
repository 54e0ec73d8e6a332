using System.Text;
using System.Text.Encodings.Web;
using OpenIddict.Abstractions;

namespace BlokSec.Local.SignIn;

/// <summary>The page on which one chooses a demo administrator: plain HTML, no script, one button each.</summary>
internal static class SignInPage
{
    /// <summary>The form field that says who was chosen.</summary>
    public const string Field = "administrator";

    private const string Style =
        "body{font:1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:2rem auto;padding:0 1rem;color:#1b1b1f;background:#fff}"
        + "h1{font-size:1.5rem}ul{list-style:none;padding:0}li{margin:.5rem 0}"
        + "button{font:inherit;width:100%;text-align:left;padding:.75rem 1rem;border:1px solid #5f6368;border-radius:.5rem;background:#fff;color:inherit;cursor:pointer}"
        + "button:hover,button:focus-visible{background:#e8f0fe;outline:3px solid #0b57d0;outline-offset:1px}"
        + "strong,span{display:block}.note{border-left:4px solid #b3261e;padding-left:.75rem}";

    /// <summary>The page for an authorization request; choosing sends the same request again, with the name.</summary>
    public static string Render(OpenIddictRequest request, IReadOnlyList<DemoAdministrator> administrators)
    {
        var page = new StringBuilder();
        page.Append("<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">")
            .Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
            .Append("<title>Sign in - BlokSec on this laptop</title><style>").Append(Style).Append("</style></head><body><main>")
            .Append("<h1>Choose who you are</h1>")
            .Append("<p class=\"note\">This page exists on this laptop only. There is no password: everyone listed here is made up.</p>")
            .Append("<form method=\"post\" action=\"").Append(AuthorizationServer.AuthorizePath).Append("\">");
        foreach (var (name, value) in request.GetParameters())
        {
            if (name != Field)
            {
                page.Append("<input type=\"hidden\" name=\"").Append(Encode(name)).Append("\" value=\"").Append(Encode(value.ToString())).Append("\">");
            }
        }

        page.Append("<ul>");
        foreach (var administrator in administrators)
        {
            var roles = administrator.Roles.Count == 0 ? "no roles" : string.Join(" and ", administrator.Roles);
            page.Append("<li><button type=\"submit\" name=\"").Append(Field).Append("\" value=\"").Append(Encode(administrator.Username)).Append("\">")
                .Append("<strong>").Append(Encode(administrator.Name)).Append("</strong>")
                .Append("<span>").Append(Encode($"{administrator.Username}, tenant {administrator.TenantId}")).Append("</span>")
                .Append("<span>").Append(Encode(roles)).Append("</span></button></li>");
        }

        return page.Append("</ul></form></main></body></html>").ToString();
    }

    private static string Encode(string? text) => HtmlEncoder.Default.Encode(text ?? "");
}
