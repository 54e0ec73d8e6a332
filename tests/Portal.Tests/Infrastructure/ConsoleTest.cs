using System.Text;
using AngleSharp.Dom;
using BlokSec.Portal.Browser;
using BlokSec.Portal.Parts;
using BlokSec.Portal.Words;
using Bunit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace BlokSec.Portal.Tests.Infrastructure;

/// <summary>Renders components with a stubbed API, a clock that is stopped, and a browser that takes every call.</summary>
public abstract class ConsoleTest : BunitContext
{
    private protected ConsoleTest()
    {
        // Only what never comes takes so long, however busy the machine is.
        DefaultWaitTimeout = TimeSpan.FromMinutes(2);
        Clock.SetLocalTimeZone(TimeZoneInfo.CreateCustomTimeZone("test", TimeSpan.FromHours(1), "test", "test"));
        Services.AddSingleton<TimeProvider>(Clock);
        Services.AddScoped<Moments>();
        Services.AddScoped<Ticker>();
        Services.AddScoped<BrowserPage>();
        Services.AddSingleton(_ => Stub.Api);
        JSInterop.Mode = JSRuntimeMode.Loose;
        Browser = JSInterop.SetupModule("./js/browser.js");
        Browser.Mode = JSRuntimeMode.Loose;
    }

    private protected FakeTimeProvider Clock { get; } = new(Samples.Now);

    private protected StubApi Stub { get; } = new();

    private protected BunitJSModuleInterop Browser { get; }

    /// <summary>Every text of a rendered component, a blank between any two; names from outside stand in the midst of theirs.</summary>
    private protected static string Text(IRenderedComponent<Microsoft.AspNetCore.Components.IComponent> rendered)
    {
        var (all, last) = (new StringBuilder(), default(IText));
        foreach (var text in rendered.Nodes.SelectMany(node => node.DescendantsAndSelf<IText>()))
        {
            all.Append(Touch(last, text) ? "" : " ").Append(text.Data);
            last = text;
        }

        return string.Join(' ', all.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    private static bool Touch(IText? last, IText text) =>
        (text.Parent is IElement { LocalName: "bdi" } name && name.PreviousSibling == last)
        || (last?.Parent is IElement { LocalName: "bdi" } before && before.NextSibling == text);
}
