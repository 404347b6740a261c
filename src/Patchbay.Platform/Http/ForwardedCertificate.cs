using System.Security.Cryptography.X509Certificates;

namespace Patchbay.Platform.Http;

/// <summary>The client certificate that a trusted proxy says it was shown. Where there is one of these, the connection's own does not count.</summary>
/// <param name="Certificate">The certificate; null where the proxy was shown none.</param>
internal sealed record ForwardedCertificate(X509Certificate2? Certificate);
