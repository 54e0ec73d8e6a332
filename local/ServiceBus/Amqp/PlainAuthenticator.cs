using System.Security.Cryptography;
using System.Security.Principal;
using System.Text;
using Microsoft.Azure.Amqp.Sasl;

namespace BlokSec.Local.ServiceBus.Amqp;

/// <summary>SASL PLAIN with the name and key of the shared access policy, which clients use that know no Service Bus.</summary>
internal sealed class PlainAuthenticator(SharedAccessKey key) : ISaslPlainAuthenticator
{
    public Task<IPrincipal> AuthenticateAsync(string identity, string password) =>
        identity == key.Name && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(password), Encoding.UTF8.GetBytes(key.Key))
            ? Task.FromResult<IPrincipal>(new GenericPrincipal(new GenericIdentity(identity), roles: null))
            : Task.FromException<IPrincipal>(new UnauthorizedAccessException("The name or the key is wrong."));
}
