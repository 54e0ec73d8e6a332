using BlokSec.Local.Phones.Keys;

namespace BlokSec.Local.Phones;

/// <summary>
/// The user's backup: the identity, but not the registration of the phone. It lives outside of the app, so it survives a reset and the
/// deletion of the app; whether it is still worth anything is for the server to say.
/// </summary>
/// <param name="TenantId">The tenant.</param>
/// <param name="UserId">The user.</param>
/// <param name="DidKey">The private key of the user's DID.</param>
/// <param name="CreatedAt">When it was made.</param>
internal sealed record Backup(string TenantId, string UserId, PhoneKey DidKey, DateTimeOffset CreatedAt);
