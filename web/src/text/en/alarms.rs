use crate::manager::AlarmKind;
use crate::text::Named;

pub(super) const ALARM: Named<AlarmKind> = |kind| match kind {
    AlarmKind::LedgerMismatch => "The ledger disagrees with the bank",
    AlarmKind::RefundDelayed => "Pix refund delayed",
    AlarmKind::RefundRefused => "The bank refused a refund",
    AlarmKind::RefundNoBalance => "Too little balance to refund",
    AlarmKind::RefundBlocked => "Refund stopped by an open infraction (MED)",
    AlarmKind::RefundOwed => "No refund possible: to be paid in another way",
    AlarmKind::RefundExcess => "More went back than the Pix brought",
    AlarmKind::PayoutRefused => "A Pix to a person was refused or cannot leave",
    AlarmKind::PayoutLate => "A Pix to a person is late",
    AlarmKind::PayoutNoBalance => "Too little balance to send a Pix",
    AlarmKind::PayoutHeld => "A Pix to a person waits for a decision",
    AlarmKind::PayoutReturned => "A Pix that was sent came back",
    AlarmKind::PayoutExcess => "A Pix left that had been given up",
    AlarmKind::DepositTakenBack => "The bank took back the deposit of a cart that is out",
    AlarmKind::GatewayForked => "Gateway with two pasts",
    AlarmKind::EventQuarantined => "Event set aside for examination",
    AlarmKind::DockOffline => "Dock offline",
    AlarmKind::BayFaulted => "Faulty bay",
    AlarmKind::ReturnInReview => "Sensors disagree about a return",
    AlarmKind::UnknownCart => "Unknown cart returned",
    AlarmKind::CartOutWithoutDeposit => "A cart left without a deposit",
    AlarmKind::CartLeftUnreleased => "A cart left without a release",
    AlarmKind::PaymentUnmatched => "A Pix without a rental",
    AlarmKind::ReleaseUnresolved => "Paid, and no word from the dock",
    AlarmKind::RentedCartPlaced => "A rented cart was put in during service",
    AlarmKind::BayUnreliable => "A bay fails again and again",
    AlarmKind::JournalSalvaged => "A dock’s record was damaged",
    AlarmKind::ReceiptContradicted => "Receipt and record disagree",
    AlarmKind::CardNotAllowed => "A card that may not opened a bay",
    AlarmKind::ListAhead => "A dock knows a newer card list than this system",
    AlarmKind::JournalSetBack => "A dock’s record is older than what it told",
    AlarmKind::BankCertificateEnding => "A certificate between us and the bank is about to end",
    AlarmKind::EventsForgotten => "Records of a dock are lost after a restore",
    AlarmKind::NoticeFailing => "A channel for notices does not work",
    AlarmKind::RescueWaiting => "A rescue waits for a decision",
    AlarmKind::VoucherContradicted => "A dock took a voucher that was not there to be used",
    AlarmKind::CommitmentContradicted => "A dock was shown two lists for one raffle",
    AlarmKind::WitnessDiffers => "A dock signed another list of entries",
    AlarmKind::CampaignDue => "A campaign waits for somebody of the staff",
    AlarmKind::Other => "Alarm",
};

/// What a person does about it.
pub(super) const CURE: Named<AlarmKind> = |kind| match kind {
    AlarmKind::LedgerMismatch => {
        "Open the day under Books: the differences are listed one by one. Look at each at the bank and call support."
    }
    AlarmKind::RefundDelayed => {
        "The system keeps trying. After a day, talk to the bank and name the id."
    }
    AlarmKind::RefundRefused => {
        "The system tries again by itself, with another order. See the reason in the rental."
    }
    AlarmKind::RefundNoBalance => {
        "Put money into the Pix account and see whether an automatic transfer empties it. The system tries again with each deposit, the oldest debt first."
    }
    AlarmKind::RefundBlocked => {
        "Answer the infraction at the bank, with the rental as evidence. While it is open the bank gives nothing back; afterwards the system goes on by itself. Do not pay in another way: the bank may refund too."
    }
    AlarmKind::RefundOwed => {
        "The bank gives this Pix back no more. See the reason in the rental and agree on another way with the customer. Check at the bank first that the money is not back already."
    }
    AlarmKind::RefundExcess => {
        "Compare the rental with the bank’s statement: the money may have gone back twice. Talk to the bank and name the ids."
    }
    AlarmKind::PayoutRefused => {
        "See why under Pix sent. If the key is wrong, the receiver must name another; if sending is off, pay in another way and note it."
    }
    AlarmKind::PayoutLate => {
        "The system keeps asking the bank and never sends twice. After a day, call the bank with the id."
    }
    AlarmKind::PayoutNoBalance => {
        "Put money into the Pix account. The system tries again by itself."
    }
    AlarmKind::PayoutHeld => "Open Pix sent, look, and release it or call it off.",
    AlarmKind::PayoutReturned => {
        "The receiver’s bank returned the money. Find out why before you send it again under Pix sent."
    }
    AlarmKind::PayoutExcess => {
        "Compare Pix sent with the bank’s statement: somebody may have been paid twice. Call the bank with the ids."
    }
    AlarmKind::DepositTakenBack => {
        "The cart is out without a deposit. Look for it and keep the rental as evidence for the bank."
    }
    AlarmKind::GatewayForked => {
        "The device was cloned or restored. Enrol it again with a new code, and keep the old memory card as evidence."
    }
    AlarmKind::EventQuarantined => "Everything else went on. Ask support to examine the event.",
    AlarmKind::DockOffline => "Check power and network. Returns go on and arrive later.",
    AlarmKind::BayFaulted => "Ask a technician to test lock and reader.",
    AlarmKind::ReturnInReview => "Go to the bay, check the cart and release the refund.",
    AlarmKind::UnknownCart => "Register the tag, or take the cart out of the bay.",
    AlarmKind::CartOutWithoutDeposit => "Look for the cart; its Pix was given back or never came.",
    AlarmKind::CartLeftUnreleased => "Check the bay's lock and look for the cart.",
    AlarmKind::PaymentUnmatched => {
        "See at the bank who sent it, and give it back under Books: it returns to the account that paid."
    }
    AlarmKind::ReleaseUnresolved => {
        "Check the dock: if nobody pulled the cart, the refund follows by itself once it answers. If it never will, end the rental; the cart may be out by then."
    }
    AlarmKind::RentedCartPlaced => {
        "Staff brought the cart in. Check it and end the rental, which sends the Pix back."
    }
    AlarmKind::BayUnreliable => "The bay rests. Ask a technician for the guided test of the bay.",
    AlarmKind::JournalSalvaged => {
        "Compare the dock with what stands here: returns of this range may be lost. Customers’ receipts count."
    }
    AlarmKind::ReceiptContradicted => {
        "The device may have been cloned or restored. Check the cart and keep the receipt as evidence."
    }
    AlarmKind::CardNotAllowed => {
        "The card is unknown or was blocked already. Look for the cart; the dock learns of a block with its next list."
    }
    AlarmKind::ListAhead => {
        "This system was set back to an older copy. Check the member cards: changes made since then are gone. The dock takes the next list by itself."
    }
    AlarmKind::JournalSetBack => {
        "Its memory card lost what it had told, or was restored or cloned. Enrol the device again with a new code, keep the old card, and compare the dock with what stands here."
    }
    AlarmKind::BankCertificateEnding => {
        "Ask whoever issued it for a new one, replace the file and restart the system. Without it the bank stops serving us on that day."
    }
    AlarmKind::EventsForgotten => {
        "This system was restored from a copy so old that the dock no longer keeps these records; if nothing was restored, the device left them out: enrol it again with a new code. Compare the bank’s statement and the dock with what stands here; customers’ receipts count."
    }
    AlarmKind::NoticeFailing => {
        "The notices wait and leave by themselves when the channel is back; until then nobody loses a deposit untold. Check the mail server, the push service or the messenger, and their settings."
    }
    AlarmKind::RescueWaiting => {
        "Open Rescues, compare times and sensors, and decide. Until then neither the payer nor the finder gets anything."
    }
    AlarmKind::VoucherContradicted => {
        "The goods are gone. See in the dock's journal who was at its page and when, and whether the same voucher was used at the till too. If the device was replaced or copied, collect the old one."
    }
    AlarmKind::CommitmentContradicted => {
        "Two different lists went out under this system's signature. Stop the raffle, decide nothing, keep the dock's journal and this system as evidence and tell who answers for the promotion: only the list that the docks signed counts."
    }
    AlarmKind::WitnessDiffers => {
        "The list that the dock saw is not the one here. Either this system went back to an old copy, or somebody used its key. Compare the number and the root on the dock's page with the raffle's page, and decide nothing before you know why."
    }
    AlarmKind::CampaignDue => {
        "Open the campaign: at its top stand the next step and the last moment for it. A late list moves the draw to a later extraction; a late result shows as pending until two sources agree."
    }
    AlarmKind::Other => "Open the item to see what to do.",
};
