using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace BlokSec.Local.Phones;

/// <summary>
/// What happens on somebody's phones, as server-sent events: first all of them as they are (<c>phone</c>, then <c>ready</c>), then each
/// that changed. Changes that come faster than they are read are told once, as they are by then.
/// </summary>
internal static class PhoneEvents
{
    public const string Phone = "phone";
    public const string Ready = "ready";

    /// <summary>Watches until cancelled.</summary>
    /// <param name="book">The phones.</param>
    /// <param name="holder">Whose phones; null for those of nobody in particular.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    public static async IAsyncEnumerable<SseItem<string>> WatchAsync(
        PhoneBook book, PhoneHolder? holder, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var told = new Dictionary<string, PhoneState>(StringComparer.Ordinal);
        var isReady = false;
        while (true)
        {
            var change = book.NextChange;
            foreach (var phone in book.Phones)
            {
                // One that went into other hands is still watched
                var state = phone.State;
                if (told.TryGetValue(phone.Id, out var before) ? !ReferenceEquals(before, state) : state.Holder == holder)
                {
                    told[phone.Id] = state;
                    yield return new SseItem<string>(JsonSerializer.Serialize(phone.View, PhoneJson.Options), Phone);
                }
            }

            if (!isReady)
            {
                isReady = true;
                yield return new SseItem<string>("{}", Ready);
            }

            await change.WaitAsync(cancellationToken);
        }
    }
}
