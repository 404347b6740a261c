using System.Collections.Concurrent;

namespace Patchbay.Authorizing.Observing;

/// <summary>What an authorization server has seen and done so far. Safe to read at any time.</summary>
public sealed class Observations
{
    private readonly Lock _lock = new();
    private readonly List<TokenRequest> _tokenRequests = [];
    private readonly List<(int Number, TaskCompletionSource<TokenRequest> Arrived)> _waiting = [];
    private readonly ConcurrentDictionary<string, int> _apiCalls = new(StringComparer.Ordinal);
    private int _grants;
    private int _revocations;
    private int _reusedRefreshTokens;
    private int _reusedCodes;

    /// <summary>Every token request, in the order of arrival.</summary>
    public IReadOnlyList<TokenRequest> TokenRequests
    {
        get
        {
            lock (_lock)
                return [.. _tokenRequests];
        }
    }

    /// <summary>How many token requests were answered, or would have been, with tokens.</summary>
    public int Grants => _grants;

    /// <summary>How many revocation requests succeeded (RFC 7009).</summary>
    public int Revocations => _revocations;

    /// <summary>How often a refresh token that was used up came again, and its chain was revoked for it.</summary>
    public int ReusedRefreshTokens => _reusedRefreshTokens;

    /// <summary>How often an authorization code that was used up came again, and its tokens were revoked for it.</summary>
    public int ReusedCodes => _reusedCodes;

    /// <summary>How many calls of the API were answered, by path.</summary>
    public IReadOnlyDictionary<string, int> ApiCalls => _apiCalls;

    /// <summary>How many token requests of a grant type arrived.</summary>
    public int CountOf(string grantType) => TokenRequests.Count(r => r.GrantType == grantType);

    /// <summary>Waits until a token request has arrived; it may have long ago.</summary>
    /// <param name="number">Its number; the first is 1.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>The request.</returns>
    public Task<TokenRequest> TokenRequestArrivedAsync(int number, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (number <= _tokenRequests.Count)
                return Task.FromResult(_tokenRequests[number - 1]);
            var arrived = new TaskCompletionSource<TokenRequest>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((number, arrived));
            return arrived.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Notes a token request.</summary>
    /// <param name="describe">Describes it, given its number.</param>
    internal TokenRequest Arrive(Func<int, TokenRequest> describe)
    {
        lock (_lock)
        {
            var request = describe(_tokenRequests.Count + 1);
            _tokenRequests.Add(request);
            foreach (var (_, arrived) in _waiting.Where(w => w.Number == request.Number))
                arrived.TrySetResult(request);
            _waiting.RemoveAll(w => w.Number == request.Number);
            return request;
        }
    }

    internal void Granted() => Interlocked.Increment(ref _grants);

    internal void Revoked() => Interlocked.Increment(ref _revocations);

    internal void RefreshTokenReused() => Interlocked.Increment(ref _reusedRefreshTokens);

    internal void CodeReused() => Interlocked.Increment(ref _reusedCodes);

    internal int ApiCalled(string path) => _apiCalls.AddOrUpdate(path, 1, (_, calls) => calls + 1);
}
