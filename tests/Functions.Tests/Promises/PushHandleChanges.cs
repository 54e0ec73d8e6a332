using BlokSec.Contracts;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Phones.Push;

namespace BlokSec.Functions.Tests.Promises;

/// <summary>Phones that register other push handles.</summary>
internal static class PushHandleChanges
{
    public static PushHandleRegistration NewHandle(TestUser user, int phone)
    {
        var old = user.Phones[phone].State.PushAddress;
        return PushAddress.Create(old.Kind, old.Environment).ToHandle();
    }

    public static async Task PutNewHandlesAsync(this TestCloud test, TestUser user)
    {
        for (var phone = 0; phone < user.Phones.Count; phone++)
        {
            Assert.Equal(204, (await test.PutHandleAsync(user.Signer(phone), NewHandle(user, phone))).Status);
        }
    }
}
