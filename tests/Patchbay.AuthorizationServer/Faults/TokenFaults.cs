namespace Patchbay.Authorizing.Faults;

/// <summary>What goes wrong with the next token requests. Each request takes the oldest plan that is meant for it.</summary>
public sealed class TokenFaults
{
    private static readonly TokenFault None = new NoFault();

    private readonly Lock _lock = new();
    private readonly List<(TokenFault Fault, string? GrantType)> _plans = [];
    private readonly List<HeldTokenRequest> _held = [];

    /// <summary>How many plans no request has taken yet.</summary>
    public int Planned
    {
        get
        {
            lock (_lock)
                return _plans.Count;
        }
    }

    /// <summary>Holds the next token request when it has arrived, before anything is done about it.</summary>
    /// <param name="grantType">Meant for requests of this grant type only; null for any.</param>
    public HeldTokenRequest HoldBeforeProcessing(string? grantType = null) => Hold(new HeldTokenRequest(beforeProcessing: true), grantType);

    /// <summary>Holds the next token request when tokens were issued and the old refresh token is used up, before the answer is sent.</summary>
    /// <param name="grantType">Meant for requests of this grant type only; null for any.</param>
    public HeldTokenRequest HoldBeforeAnswer(string? grantType = null) => Hold(new HeldTokenRequest(beforeProcessing: false), grantType);

    /// <summary>Plans a fault for the next token requests.</summary>
    /// <param name="fault">The fault.</param>
    /// <param name="times">For how many requests.</param>
    /// <param name="grantType">Meant for requests of this grant type only; null for any.</param>
    public void Plan(TokenFault fault, int times = 1, string? grantType = null)
    {
        lock (_lock)
            _plans.AddRange(Enumerable.Repeat((fault, grantType), times));
    }

    /// <summary>Forgets every plan and releases every held request.</summary>
    public void Clear()
    {
        List<HeldTokenRequest> held;
        lock (_lock)
        {
            held = [.. _held];
            _held.Clear();
            _plans.Clear();
        }

        foreach (var request in held)
            request.Release();
    }

    internal TokenFault TakeFor(string grantType)
    {
        lock (_lock)
        {
            var index = _plans.FindIndex(p => p.GrantType is null || p.GrantType == grantType);
            if (index < 0)
                return None;
            var fault = _plans[index].Fault;
            _plans.RemoveAt(index);
            return fault;
        }
    }

    private HeldTokenRequest Hold(HeldTokenRequest held, string? grantType)
    {
        lock (_lock)
            _held.Add(held);
        Plan(held.Fault, grantType: grantType);
        return held;
    }
}
