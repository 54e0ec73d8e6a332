using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace BlokSec.Portal.Browser;

/// <summary>What only the browser can do or know; <c>js/browser.js</c> is the other half.</summary>
internal sealed class BrowserPage(IJSRuntime js) : IAsyncDisposable
{
    private Task<IJSObjectReference>? module;
    private DotNetObjectReference<BrowserPage>? self;

    /// <summary>The tab was shown or hidden, or the network came or went.</summary>
    public event Action? Changed;

    /// <summary>Whether the tab can be seen.</summary>
    public bool IsVisible { get; private set; } = true;

    /// <summary>Whether the browser believes that there is a network; see <see cref="Api.ApiConnection.IsReachable"/>.</summary>
    public bool IsOnline { get; private set; } = true;

    /// <summary>Begins to tell about <see cref="Changed"/>.</summary>
    public async Task WatchAsync()
    {
        if (self is null)
        {
            self = DotNetObjectReference.Create(this);
            await CallAsync("watchPage", self);
        }
    }

    /// <summary>Called from the browser.</summary>
    [JSInvokable]
    public void OnPageChanged(bool isVisible, bool isOnline)
    {
        if ((IsVisible, IsOnline) != (isVisible, isOnline))
        {
            (IsVisible, IsOnline) = (isVisible, isOnline);
            Changed?.Invoke();
        }
    }

    public Task ShowDialogAsync(ElementReference dialog) => CallAsync("showDialog", dialog);

    public Task CloseDialogAsync(ElementReference dialog) => CallAsync("closeDialog", dialog);

    /// <summary>Closes a dialog that leads to another page, which takes the focus.</summary>
    public Task LeaveDialogAsync(ElementReference dialog) => CallAsync("leaveDialog", dialog);

    /// <summary>Moves the focus to the first element that matches, and brings it into view.</summary>
    public Task FocusAsync(string selector) => CallAsync("focus", selector);

    /// <summary>Brings the first element that matches into view.</summary>
    public Task RevealAsync(string selector) => CallAsync("reveal", selector);

    /// <summary>Gives the focus back to what somebody left the page with, in the middle of the window.</summary>
    public Task ReturnAsync(string selector) => CallAsync("returnTo", selector);

    /// <summary>Moves the focus to the page's heading when nothing has it.</summary>
    public Task FocusHeadingAsync() => CallAsync("focusHeading");

    /// <summary>Moves the focus among the links of a list, as arrow keys do.</summary>
    public Task MoveFocusAsync(string selector, int step) => CallAsync("moveFocus", selector, step);

    /// <summary>Says when an element comes into view.</summary>
    public Task ObserveAsync<T>(ElementReference element, DotNetObjectReference<T> target)
        where T : class => CallAsync("observe", element, target);

    /// <summary>An address for an image that exists in this page only.</summary>
    public async Task<string> ImageAddressAsync(string svg) => await (await ModuleAsync()).InvokeAsync<string>("imageAddress", svg);

    public Task ForgetImageAsync(string address) => CallAsync("forgetImage", address);

    /// <summary>Saves a text as a file; CSV is marked as UTF-8 for spreadsheets.</summary>
    public Task SaveAsync(string fileName, string text, string type = "text/csv") => CallAsync("save", fileName, text, type);

    /// <summary>Copies a text; false when the browser does not allow it.</summary>
    public async Task<bool> CopyAsync(string text) => await (await ModuleAsync()).InvokeAsync<bool>("copy", text);

    /// <summary>Keeps a text for as long as the tab is open, also over a sign-in.</summary>
    public Task KeepAsync(string place, string text) => CallAsync("keep", place, text);

    /// <summary>Takes a kept text away; null when there is none.</summary>
    public async Task<string?> TakeAsync(string place) => await (await ModuleAsync()).InvokeAsync<string?>("take", place);

    /// <param name="only">What to print alone, such as the claim; the rules are in <c>css/print.css</c>.</param>
    public Task PrintAsync(string only) => CallAsync("print", only);

    /// <summary>Brings the section into view that the address names after <c>#</c>; false when it names none.</summary>
    public async Task<bool> RevealSectionAsync() => await (await ModuleAsync()).InvokeAsync<bool>("revealSection");

    /// <summary>The chosen theme: system, light or dark.</summary>
    public async Task<string> ThemeAsync() => await (await ModuleAsync()).InvokeAsync<string>("theme");

    public Task ChooseThemeAsync(string theme) => CallAsync("chooseTheme", theme);

    /// <summary>Whether keys without a modifier do something.</summary>
    public async Task<bool> HasShortcutsAsync() => await (await ModuleAsync()).InvokeAsync<bool>("hasShortcuts");

    public Task ChooseShortcutsAsync(bool isOn) => CallAsync("chooseShortcuts", isOn);

    public async ValueTask DisposeAsync()
    {
        self?.Dispose();
        if (module is not null)
        {
            await (await module).DisposeAsync();
        }
    }

    private async Task CallAsync(string function, params object?[] arguments) =>
        await (await ModuleAsync()).InvokeVoidAsync(function, arguments);

    private Task<IJSObjectReference> ModuleAsync() => module ??= js.InvokeAsync<IJSObjectReference>("import", "./js/browser.js").AsTask();
}
