using System.Globalization;
using Patchbay.Protocols;

namespace Patchbay.Functions;

/// <summary>Why a run gave nothing: exactly one of the kinds inside. Nothing in it repeats a secret that the script was given.</summary>
public abstract record FunctionFailure
{
    private FunctionFailure(string message) => Message = message;

    /// <summary>A sentence for a client's eyes.</summary>
    public string Message { get; }

    /// <summary>Whether the same run may well succeed at another time, since the server and not the script was at fault.</summary>
    public virtual bool MayPass => false;

    /// <summary>The message.</summary>
    public sealed override string ToString() => Message;

    /// <summary>It took longer than <see cref="FunctionLimits.Wall"/>.</summary>
    public sealed record TimedOut : FunctionFailure
    {
        internal TimedOut(TimeSpan limit)
            : base(string.Create(CultureInfo.InvariantCulture, $"The function took longer than {limit.TotalSeconds} seconds."))
        {
        }
    }

    /// <summary>It needed more memory than it may have.</summary>
    public sealed record OutOfMemory : FunctionFailure
    {
        internal OutOfMemory()
            : base("The function needs more memory than it may have.")
        {
        }
    }

    /// <summary>It used more processor time than <see cref="FunctionLimits.Cpu"/>.</summary>
    public sealed record CpuExceeded : FunctionFailure
    {
        internal CpuExceeded(TimeSpan limit)
            : base(string.Create(CultureInfo.InvariantCulture, $"The function used more than {limit.TotalSeconds} seconds of processor time."))
        {
        }
    }

    /// <summary>The script threw, cannot be read, or promised what it never gave.</summary>
    public sealed record ScriptError : FunctionFailure
    {
        internal ScriptError(string text, int? line)
            : base(line is null ? $"The function failed: {text}" : string.Create(CultureInfo.InvariantCulture, $"The function failed in line {line}: {text}"))
        {
            Text = text;
            Line = line;
        }

        /// <summary>What it threw: one line of at most 500 characters, without the secrets that it was given.</summary>
        public string Text { get; }

        /// <summary>The line of the source, from 1, where it is known.</summary>
        public int? Line { get; }
    }

    /// <summary>The process ended without an answer: a stack that ran over, most often.</summary>
    public sealed record Crashed : FunctionFailure
    {
        internal Crashed(int? exitCode)
            : base("The function brought its process down.") => ExitCode = exitCode;

        /// <summary>The process's exit code, 128 and its number for a signal; null where it was ended for what it sent.</summary>
        public int? ExitCode { get; }
    }

    /// <summary>What it returned is not what it may return.</summary>
    public sealed record BadResult : FunctionFailure
    {
        internal BadResult(IReadOnlyList<Fault> faults)
            : base($"The function returned what it must not: {string.Join(' ', faults.Select(fault => $"{fault.Subject}: {fault.Message}"))}") => Faults = faults;

        /// <summary>What is wrong; at least one.</summary>
        public IReadOnlyList<Fault> Faults { get; }
    }

    /// <summary>It wanted to send a request to a host that its config does not name. Nothing was sent there.</summary>
    public sealed record HostNotAllowed : FunctionFailure
    {
        internal HostNotAllowed(string origin)
            : base($"The function may not send requests to {origin}: its config does not name it.") => Origin = origin;

        /// <summary>Where to: scheme, host and port.</summary>
        public string Origin { get; }
    }

    /// <summary>It sent more requests than <see cref="FunctionLimits.Requests"/>.</summary>
    public sealed record TooManyRequests : FunctionFailure
    {
        internal TooManyRequests(int limit)
            : base(string.Create(CultureInfo.InvariantCulture, $"The function sent more than {limit} requests."))
        {
        }
    }

    /// <summary>Too many runs wait, of this owner or of all.</summary>
    public sealed record QueueFull : FunctionFailure
    {
        internal QueueFull()
            : base("Too many custom functions wait for their turn.")
        {
        }

        /// <inheritdoc/>
        public override bool MayPass => true;
    }

    /// <summary>This machine cannot confine scripts, so none runs.</summary>
    public sealed record SandboxUnavailable : FunctionFailure
    {
        internal SandboxUnavailable(string reason)
            : base($"Custom functions are off: {reason}.") => Reason = reason;

        /// <summary>Why, as the end of a sentence.</summary>
        public string Reason { get; }

        /// <inheritdoc/>
        public override bool MayPass => true;
    }
}
