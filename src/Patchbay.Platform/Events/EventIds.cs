using System.Security.Cryptography;

namespace Patchbay.Platform.Events;

/// <summary>Ids that rise, also within a millisecond and when the clock goes back. Safe for concurrent use.</summary>
internal sealed class EventIds(TimeProvider clock)
{
    private readonly Lock _lock = new();
    private readonly byte[] _randomness = new byte[10];
    private long _last;

    public Ulid Next()
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        lock (_lock)
        {
            if (now > _last)
            {
                _last = now;
                RandomNumberGenerator.Fill(_randomness);
                // Keep the top bit clear, so that counting up never overflows.
                _randomness[0] &= 0x7F;
            }
            else
            {
                for (var i = 9; i >= 0 && ++_randomness[i] == 0; i--) { }
            }

            return Ulid.NewUlid(DateTimeOffset.FromUnixTimeMilliseconds(_last), _randomness);
        }
    }
}
