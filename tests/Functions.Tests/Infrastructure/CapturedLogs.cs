using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace BlokSec.Functions.Tests.Infrastructure;

/// <summary>Keeps every log line, with exceptions and scopes, so that tests can search them.</summary>
internal sealed class CapturedLogs : ILoggerProvider, ISupportExternalScope
{
    private readonly ConcurrentQueue<string> lines = new();
    private IExternalScopeProvider scopes = new LoggerExternalScopeProvider();

    public IReadOnlyCollection<string> Lines => lines;

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => scopes = scopeProvider;

    public void Dispose()
    {
    }

    private sealed class Logger(CapturedLogs owner, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => owner.scopes.Push(state);

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var scope = new List<string>();
            owner.scopes.ForEachScope(
                (item, all) => all.Add(item is IEnumerable<KeyValuePair<string, object>> pairs ? string.Join(' ', pairs) : $"{item}"), scope);
            owner.lines.Enqueue($"{logLevel} {category}: {formatter(state, exception)} {exception} {string.Join(' ', scope)}");
        }
    }
}
