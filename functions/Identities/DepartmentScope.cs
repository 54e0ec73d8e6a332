using System.Collections.Concurrent;

namespace BlokSec.Functions.Identities;

/// <summary>
/// The departments that the administrator who makes a call is limited to. Whoever enters it sets it for all that the call does; to the store, the
/// partition of a user of another department is empty then, so that every function answers as for a user who does not exist.
/// </summary>
internal sealed class DepartmentScope
{
    private static readonly AsyncLocal<DepartmentScope?> Current = new();

    private readonly ConcurrentDictionary<UserKey, Task<bool>> users = new();

    private readonly HashSet<string> keys;

    private readonly string names;

    private DepartmentScope(string subject, IReadOnlyList<string> departments)
    {
        Subject = subject;
        Departments = departments;
        keys = [.. departments.Select(FoldedNames.Fold)];
        Parameters = [.. keys.Select((key, index) => ($"@scope{index}", (object)key))];
        names = string.Join(", ", Parameters.Select(parameter => parameter.Name));
    }

    /// <summary>That of the call; null when the whole tenant is seen.</summary>
    public static DepartmentScope? OfCall => Current.Value;

    /// <summary>The sign-in service's id of the administrator.</summary>
    public string Subject { get; }

    /// <summary>The departments, as they were chosen.</summary>
    public IReadOnlyList<string> Departments { get; }

    /// <summary>Values of the parameters of <see cref="Narrow"/>.</summary>
    public IReadOnlyList<(string Name, object Value)> Parameters { get; }

    /// <summary>Narrows a condition over users' documents to the departments.</summary>
    public string Narrow(string condition) => $"{condition} AND c.departmentKey IN ({names})";

    /// <summary>Limits what follows in this call.</summary>
    /// <param name="subject">Whom.</param>
    /// <param name="departments">To what; null does not.</param>
    public static void Enter(string subject, IReadOnlyList<string>? departments) =>
        Current.Value = departments is null ? null : new DepartmentScope(subject, departments);

    /// <summary>Whether users of this department are seen, in whatever spelling: those without a department are not.</summary>
    public bool Admits(string? department) => department is not null && keys.Contains(FoldedNames.Fold(department));

    /// <summary>Whether the user may be known, if that was found out in this call or is being found out; else null.</summary>
    public Task<bool>? KnownAsync(UserKey key) => users.GetValueOrDefault(key);

    /// <summary>Has the rest of the call wait for the user's document, which is being read.</summary>
    public TaskCompletionSource<bool> Expect(UserKey key)
    {
        var pending = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        users.TryAdd(key, pending.Task);
        return pending;
    }

    /// <summary>The user's document could not be read, if nothing was found out: the next read tries again.</summary>
    public void GiveUp(UserKey key, TaskCompletionSource<bool> pending)
    {
        if (pending.TrySetCanceled(CancellationToken.None))
        {
            users.TryRemove(new KeyValuePair<UserKey, Task<bool>>(key, pending.Task));
        }
    }

    /// <summary>The user's document was read.</summary>
    public bool Settle(UserKey key, bool isVisible)
    {
        users[key] = Task.FromResult(isVisible);
        return isVisible;
    }
}
