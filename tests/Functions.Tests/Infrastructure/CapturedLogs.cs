using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace BlokSec.Functions.Tests.Infrastructure;

/// <summary>Keeps every log line, with properties, exceptions and scopes, so that tests can search them.</summary>
internal sealed class CapturedLogs(LogLevel least = LogLevel.Information) : ILoggerProvider, ISupportExternalScope
{
    private readonly ConcurrentQueue<(LogLevel Level, string Line)> entries = new();
    private readonly LogLevel least = least;
    private IExternalScopeProvider scopes = new LoggerExternalScopeProvider();

    public IReadOnlyCollection<(LogLevel Level, string Line)> Entries => entries;

    public IReadOnlyList<string> Lines => [.. entries.Select(entry => entry.Line)];

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => scopes = scopeProvider;

    public void Dispose()
    {
    }

    private sealed class Logger(CapturedLogs owner, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => owner.scopes.Push(state);

        public bool IsEnabled(LogLevel logLevel) => logLevel >= owner.least;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var properties = new List<string> { Properties(state) };
            owner.scopes.ForEachScope((item, all) => all.Add(Properties(item)), properties);
            owner.entries.Enqueue((
                logLevel, $"{logLevel} {category}: {formatter(state, exception)} {exception} {string.Join(' ', properties)}"));
        }

        private static string Properties(object? state) =>
            state is IEnumerable<KeyValuePair<string, object?>> pairs ? string.Join(' ', pairs) : $"{state}";
    }
}
