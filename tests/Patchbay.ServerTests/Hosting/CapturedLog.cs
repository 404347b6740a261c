using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Patchbay.ServerTests.Hosting;

/// <summary>Keeps everything that a host logs, as text with exceptions and scopes' states, so that tests can look through it.</summary>
public sealed class CapturedLog : ILoggerProvider
{
    private readonly ConcurrentQueue<(LogLevel Level, string Text)> _lines = new();

    public IEnumerable<string> Lines => _lines.Select(l => l.Text);

    /// <summary>What the server counts as a bug of its own.</summary>
    public IEnumerable<string> Errors => _lines.Where(l => l.Level >= LogLevel.Error).Select(l => l.Text);

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
    }

    private sealed class Logger(CapturedLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            log._lines.Enqueue((LogLevel.Trace, $"{category} scope {state}"));
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var values = state is IEnumerable<KeyValuePair<string, object?>> named
                ? string.Join(' ', named.Select(v => $"{v.Key}={v.Value}")) : "";
            log._lines.Enqueue((logLevel, $"{logLevel} {category} {formatter(state, exception)} {values} {exception}"));
        }
    }
}
