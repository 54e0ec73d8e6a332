namespace BlokSec.Benchmarks.SignIns;

/// <summary>A plain <see cref="HttpClient"/> that repeats pushes which the providers accepted, in turns with one provider and the other.</summary>
internal sealed class PlainProviders(IReadOnlyList<RepeatedPush> pushes) : IDisposable
{
    private readonly HttpClient client = new();

    /// <summary>Pushes.</summary>
    public async Task PushAsync(int number)
    {
        using var request = pushes[number % pushes.Count].Request();
        using var response = await client.SendAsync(request);
        response.EnsureSuccessStatusCode();
    }

    public void Dispose() => client.Dispose();
}
